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
set title "%s"
set xlabel "%s"
set ylabel "%s"
set logscale xy
set xtics (%s)
set grid
set format y "%%.12g"
set key outside right top
$measured << END
%s
END
plot %s
]]

--- A program has the same colour in all plots.
local COLOURS = {
  ["pyrolua msgpack"] = "#1f5fbf",
  ["libuv floor"] = "#7f7f7f",
  ["Redis EVALSHA"] = "#c0392b",
  ["Pyro4 msgpack"] = "#2e8b57",
  ["Pyro4 serpent"] = "#d98c00",
}

--- The median of each contender's runs, with the slowest and the fastest: a block of lines for each.
local function measured(points, plot)
  local blocks, curves = {}, {}
  for i, contender in ipairs(points[1].row.results) do
    local lines = {}
    for _, point in ipairs(points) do
      local result = point.row.results[i]
      if not result.missing then
        local scale = plot.scale and plot.scale(point.x) or 1
        table.insert(lines, ("%d %.6g %.6g %.6g"):format(point.x, result.rate * scale, result.low * scale,
          result.high * scale))
      end
    end
    if #lines > 0 then
      table.insert(blocks, table.concat(lines, "\n"))
      table.insert(curves, ('$measured index %d with yerrorlines pointtype 7 pointsize 0.5 linewidth 2 '
        .. 'linecolor rgb "%s" title "%s"'):format(#blocks - 1, COLOURS[contender.name], contender.name))
    end
  end
  return table.concat(blocks, "\n\n\n"), table.concat(curves, ", ")
end

--- Draws what was measured: a line for each contender.
---@param plot { name: string, title: string, x: string, y: string, scale?: fun(x: integer): number,
---  tic?: fun(x: integer): string }
---@param points { x: integer, row: bench.Row }[]
local function draw(plot, points)
  local tics = {}
  for i, point in ipairs(points) do
    tics[i] = ('"%s" %d'):format(plot.tic and plot.tic(point.x) or point.x, point.x)
  end
  local script = SCRIPT:format(FOLDER, plot.name, plot.title, plot.x, plot.y, table.concat(tics, ", "),
    measured(points, plot))
  local gnuplot = process.run { "/usr/bin/gnuplot", process.file(plot.name .. ".gnuplot", script) }
  assert(gnuplot.code == 0, gnuplot.output)
end

local function size_text(bytes)
  for _, unit in ipairs { { "MiB", 1048576 }, { "KiB", 1024 } } do
    if bytes >= unit[2] then
      return ("%d %s"):format(bytes // unit[2], unit[1])
    end
  end
  return ("%d B"):format(bytes)
end

local PLOTS = {
  {
    name = "clients",
    title = "Calls of many clients, 16 bytes of text each",
    x = "clients, each waiting for its replies",
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
    title = "Pipelined calls on one connection, 16 bytes of text each",
    x = "calls in flight",
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
    title = "Synchronous calls with a text, there and back",
    tic = size_text,
    x = "size of the text",
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
