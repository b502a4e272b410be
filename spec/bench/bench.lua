--- usage: lua5.4 spec/bench/bench.lua [quick|write] [ROWS...]: measures pyrolua beside its peers. ROWS are
--- files of rows/; without any, all are measured.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"
local process = require "spec.support.process"
local report = require "spec.bench.report"

local ROWS = { "calls", "bulk", "codecs" }

local wanted = table.move(arg, 1, #arg, 1, {})
if wanted[1] == "quick" then
  contest.quick = true
  table.remove(wanted, 1)
end

function contest.told(row)
  print(report.text(row) .. "\n")
end

local function measure()
  local sizes = contenders.sizes("text", 16)
  print(("A call with a text of 16 bytes is a request of %d bytes and a reply of %d.\n"):format(sizes.request,
    sizes.reply))
  for _, name in ipairs(#wanted > 0 and wanted or ROWS) do
    require("spec.bench.rows." .. name)(sizes)
  end
end

local ok = xpcall(measure, function(err)
  io.stderr:write(debug.traceback(err), "\n")
end)
process.stop_all()
process.finish()
os.exit(ok, true)
