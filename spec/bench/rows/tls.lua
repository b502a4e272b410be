--- Costs of TLS: beside OpenSSL on bare libuv, and beside calls without it.
local clock = require "spec.bench.clock"
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

local MIB = 1024 * 1024

--- KiB of the server's memory for each idle connection.
local function measure_idle()
  local count = contest.quick and 200 or 2000
  local server, location = contenders.serve_with_tls(0)
  contenders.idle_with_tls(1, location, 100) -- OpenSSL is loaded
  local before = clock.memory(server.pid, "VmRSS")
  contenders.idle_with_tls(1, location, count)
  return (clock.memory(server.pid, "VmRSS") - before) / count
end

--- @param sizes { request: integer, reply: integer } bytes of a call
return function(sizes)
  local each = measure_idle()
  contest.stop()
  contest.play {
    title = "Synchronous calls with TLS",
    cpus = "one",
    contenders = { contenders.tls("text", 16), contenders.tls_floor(sizes, "calls"),
      contenders.pyrolua("msgpack", "text", 16) },
    targets = {
      { of = "pyrolua TLS", against = "OpenSSL floor", least = 0.8 },
      { of = "pyrolua TLS", against = "pyrolua msgpack", least = 0.5 },
    },
    extra = function()
      return { { what = "server memory of an idle connection with TLS", shown = ("%.2f KiB"):format(each),
        demand = "≤ 40 KiB", met = each <= 40 } }
    end,
  }
  contest.play {
    title = "1 MiB of text with TLS, there and back",
    cpus = "two",
    contenders = { contenders.tls("text", MIB), contenders.tls_floor(contenders.sizes("text", MIB), "calls") },
    targets = { { of = "pyrolua TLS", against = "OpenSSL floor", least = 0.8 } },
  }
  local handshake = contenders.sizes("connections", 0)
  contest.play {
    title = "Connections with TLS: full handshakes",
    note = "Each with the messages of Pyro's handshake, whose bytes the floor exchanges, too.",
    cpus = "one",
    contenders = { contenders.tls("handshakes"), contenders.tls_floor(handshake, "handshakes") },
    targets = { { of = "pyrolua TLS", against = "OpenSSL floor", within = 1.25 } },
  }
  contest.play {
    title = "Connections with TLS: resumed sessions",
    cpus = "one",
    contenders = { contenders.tls("connections"), contenders.tls_floor(handshake, "resumed") },
    targets = { { of = "pyrolua TLS", against = "OpenSSL floor", within = 1.25 } },
  }
end
