--- usage: lua5.4 spec/bench/bench.lua [quick|write] [ROWS...]: measures pyrolua beside its peers. ROWS
--- are files of rows/; without any, all are measured. With `write`, docs/performance.md is made of it.
local clock = require "spec.bench.clock"
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"
local machine = require "spec.bench.machine"
local plots = require "spec.bench.plots"
local process = require "spec.support.process"
local progress = require "lua.pyro.tool.progress"
local report = require "spec.bench.report"
local uv = require "luv"

local ROWS = { "calls", "bulk", "arrays", "codecs", "connections", "tls", "http", "growth", "changes",
  "start" }
local TEMPLATE, PAGE = "spec/bench/performance.md", "docs/performance.md"

local wanted = table.move(arg, 1, #arg, 1, {})
contest.quick = wanted[1] == "quick"
local write = wanted[1] == "write"
if contest.quick or write then
  table.remove(wanted, 1)
end

--- The width of the terminal that the standard error is, or nil.
local function columns()
  if uv.guess_handle(2) == "tty" then
    local terminal = uv.new_tty(2, false)
    local width = terminal:get_winsize()
    terminal:close()
    return width and width > 0 and width or 80
  end
end

local since, line, stage = clock.now(), progress.start(columns(), clock.now), ""

function contest.begins(row, name, run)
  line:show(function()
    local seconds = (clock.now() - since) // 1
    return ("%s, %d:%02d: %s: %s, %s"):format(stage, seconds // 60, seconds % 60, row.title, name, run)
  end)
end

function contest.told(row)
  line:clear()
  print(report.text(row) .. "\n")
end

local function write_page(sizes)
  plots.make(sizes)
  local template <close> = assert(io.open(TEMPLATE))
  local page <close> = assert(io.open(PAGE, "w"))
  page:write(report.page(template:read "a", {
    request = tostring(sizes.request),
    reply = tostring(sizes.reply),
    machine = machine.name(),
    versions = machine.versions(),
    summary = report.summary(contest.results),
    details = report.details(contest.results),
  }))
end

local function measure()
  local sizes = contenders.sizes("text", 16)
  print(("A call with a text of 16 bytes is a request of %d bytes and a reply of %d.\n"):format(sizes.request,
    sizes.reply))
  local rows = #wanted > 0 and wanted or ROWS
  for i, name in ipairs(rows) do
    stage = ("%s, %d of %d"):format(name, i, #rows)
    require("spec.bench.rows." .. name)(sizes)
  end
  if write then
    write_page(sizes)
  end
end

local ok = xpcall(measure, function(err)
  io.stderr:write(debug.traceback(err), "\n")
end)
line:clear()
contest.stop()
process.finish()
os.exit(ok, true)
