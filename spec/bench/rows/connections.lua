--- Costs of connections that nobody uses.
local clock = require "spec.bench.clock"
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

return function()
  local count = contest.quick and 1000 or 10000
  local each = {} -- KiB of the server's memory

  --- With other connections there: idle ones, or ones whose calls are being served.
  local function contender(name, others)
    return contenders.program(name, { "client.lua", "msgpack", "text", "16" }, function(cpu)
      local server, location = contenders.serve(cpu, "server.lua")
      if others then
        local before = clock.memory(server.pid, "VmRSS")
        contenders.helper(cpu, "idle.lua", location, tostring(count), others)
        each[others] = (clock.memory(server.pid, "VmRSS") - before) / count
      end
      return server, location
    end)
  end

  local function memory(others, most)
    return { what = ("server memory of an %s connection"):format(others), shown = ("%.2f KiB"):format(each[others]),
      demand = ("≤ %g KiB"):format(most), met = each[others] <= most }
  end

  contest.play {
    title = ("Synchronous calls beside %d idle connections"):format(count),
    cpus = "one",
    contenders = { contender "alone", contender("beside idle ones", "idle"),
      contender("beside active ones", "active") },
    targets = { { of = "beside idle ones", against = "alone", within = 1.1 } },
    extra = function()
      return { memory("idle", 4), memory("active", 6) }
    end,
  }
end
