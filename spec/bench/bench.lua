--- usage: lua5.4 spec/bench/bench.lua [quick|write] [ROWS...]: measures pyrolua beside its peers. ROWS
--- are files of rows/; without any, all are measured. With `write`, docs/performance.md is made of it.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"
local machine = require "spec.bench.machine"
local plots = require "spec.bench.plots"
local process = require "spec.support.process"
local report = require "spec.bench.report"

local ROWS = { "calls", "bulk", "arrays", "codecs", "connections", "tls", "growth", "changes", "start" }
local TEMPLATE, PAGE = "spec/bench/performance.md", "docs/performance.md"

local wanted = table.move(arg, 1, #arg, 1, {})
contest.quick = wanted[1] == "quick"
local write = wanted[1] == "write"
if contest.quick or write then
  table.remove(wanted, 1)
end

function contest.told(row)
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
  for _, name in ipairs(#wanted > 0 and wanted or ROWS) do
    require("spec.bench.rows." .. name)(sizes)
  end
  if write then
    write_page(sizes)
  end
end

local ok = xpcall(measure, function(err)
  io.stderr:write(debug.traceback(err), "\n")
end)
contest.stop()
process.finish()
os.exit(ok, true)
