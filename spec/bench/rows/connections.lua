--- What connections cost that nobody uses.
local clock = require "spec.bench.clock"
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

return function()
  local count = contest.quick and 1000 or 10000
  local each -- KiB of the server's memory

  local function contender(name, idle)
    return contenders.program(name, { "client.lua", "msgpack", "text", "16" }, function(cpu)
      local server, location = contenders.serve(cpu, "server.lua")
      if idle then
        local before = clock.memory(server.pid, "VmRSS")
        contenders.helper(cpu, "idle.lua", location, tostring(count))
        each = (clock.memory(server.pid, "VmRSS") - before) / count
      end
      return server, location
    end)
  end

  contest.play {
    title = ("Synchronous calls beside %d idle connections"):format(count),
    cpus = "one",
    contenders = { contender "alone", contender("beside idle ones", true) },
    targets = { { of = "beside idle ones", against = "alone", within = 1.1 } },
    extra = function()
      return { { what = "server memory of an idle connection", shown = ("%.2f KiB"):format(each),
        demand = "≤ 4 KiB", met = each <= 4 } }
    end,
  }
end
