--- Plots of throughput, drawn by gnuplot.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"
local process = require "spec.support.process"
local uv = require "luv"

local plots = {}

local FOLDER = "docs/performance/"

local SCRIPT = [[
set terminal svg size 720,420 background "white" font "sans-serif,13"
set output "%s%s.svg"
set xlabel "%s"
set ylabel "%s"
set logscale xy
set xtics (%s)
set grid
set key outside right top
plot for [i=2:%d] "%s" using 1:i with linespoints pointtype 7 pointsize 0.5 linewidth 2 title columnheader(i)
]]

--- Draws what was measured: a line for each contender.
---@param plot { name: string, x: string, y: string, scale?: fun(x: integer): number }
---@param points { x: integer, row: bench.Row }[]
local function draw(plot, points)
  local lines, tics = {}, {}
  for i, point in ipairs(points) do
    local head, cells = { "x" }, { point.x }
    for _, result in ipairs(point.row.results) do
      table.insert(head, ('"%s"'):format(result.name))
      table.insert(cells, ("%.6g"):format(result.rate * (plot.scale and plot.scale(point.x) or 1)))
    end
    lines[1] = table.concat(head, " ")
    lines[i + 1] = table.concat(cells, " ")
    tics[i] = ('"%s" %d'):format(point.x, point.x)
  end
  local path = process.file(plot.name .. ".data", table.concat(lines, "\n") .. "\n")
  local script = SCRIPT:format(FOLDER, plot.name, plot.x, plot.y, table.concat(tics, ", "),
    #points[1].row.results + 1, path)
  local gnuplot = process.run { "/usr/bin/gnuplot", process.file(plot.name .. ".gnuplot", script) }
  assert(gnuplot.code == 0, gnuplot.output)
end

local PLOTS = {
  {
    name = "clients",
    x = "clients, each waiting for its answers",
    y = "calls a second",
    values = { 1, 2, 5, 10, 20, 50, 100 },
    unit = function(clients)
      return clients
    end,
    contenders = function(clients, sizes)
      return { contenders.pyrolua("msgpack", "clients", clients), contenders.floor(sizes, clients),
        contenders.redis(clients), contenders.pyro4("msgpack", "clients", clients) }
    end,
  },
  {
    name = "depth",
    x = "calls under way on one connection",
    y = "calls a second",
    values = { 1, 2, 4, 8, 16, 32, 64, 128 },
    unit = function(depth)
      return depth
    end,
    contenders = function(depth, sizes)
      return { contenders.pyrolua("msgpack", "futures", depth), contenders.floor(sizes, 1, depth),
        contenders.redis(1, depth) }
    end,
  },
  {
    name = "payload",
    x = "bytes of text, there and back",
    y = "MiB a second, each way",
    values = { 16, 256, 4096, 65536, 1048576, 16777216 },
    unit = function()
      return 1
    end,
    scale = function(size)
      return size / 1048576
    end,
    contenders = function(size)
      return { contenders.pyrolua("msgpack", "text", size), contenders.floor(contenders.sizes("text", size)),
        contenders.pyro4("msgpack", "text", size), contenders.pyro4("serpent", "text", size) }
    end,
  },
}

--- Measures and draws all plots.
---@param sizes { request: integer, reply: integer }
function plots.make(sizes)
  uv.fs_mkdir(FOLDER, 493) -- octal 755
  for _, plot in ipairs(PLOTS) do
    local points = {}
    for i, x in ipairs(plot.values) do
      local row = { cpus = "two", rounds = 3, unit = plot.unit(x), contenders = plot.contenders(x, sizes) }
      contest.compare(row)
      contest.stop()
      points[i] = { x = x, row = row }
    end
    draw(plot, points)
  end
end

return plots
