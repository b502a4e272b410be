--- Costs of requests of the HTTP gateway, and of event streams that are open.
local clock = require "spec.bench.clock"
local contest = require "spec.bench.contest"
local gateways = require "spec.bench.gateways"
local http = require "spec.support.http"

local STREAMS = 1000
local MOST = 40 -- KiB

--- Opens an event stream, whose first event has come.
local function open_stream(port)
  local peer = http.send(port, { "/pyro/http.bench/ticks", headers = { Accept = "text/event-stream" } })
  http.expect(peer, "data: 1\n")
  return peer
end

--- The memory of a gateway for each of many open event streams.
local function stream_memory(gateway)
  local streams = {}
  local before = clock.memory(gateway.server.pid, "VmRSS")
  for i = 1, STREAMS do
    streams[i] = open_stream(gateway.port)
  end
  local each = (clock.memory(gateway.server.pid, "VmRSS") - before) / STREAMS
  for _, peer in ipairs(streams) do
    peer:close()
  end
  return { what = ("memory of an open event stream, of %d"):format(STREAMS), shown = ("%.1f KiB"):format(each),
    demand = ("≤ %g KiB"):format(MOST), met = each <= MOST }
end

local NOTE = "Each request of a gateway is a call of an object, whose server shares the gateway's CPU."

return function()
  contest.play {
    title = ("Requests of the HTTP gateway, %d clients, each request on a new connection"):format(gateways.CLIENTS),
    note = NOTE .. " Pyro4's gateway closes each connection.",
    cpus = "two",
    unit = gateways.CLIENTS,
    contenders = { gateways.pyrolua(2 * STREAMS, false), gateways.floor(false), gateways.pyro4() },
    targets = {
      { of = "pyrolua-gateway", against = "libmicrohttpd floor", least = 0.3 },
      { of = "pyrolua-gateway", against = "Pyro4's gateway", least = 10 },
    },
    extra = function(results)
      return { stream_memory(results["pyrolua-gateway"].runner) }
    end,
  }
  contest.play {
    title = ("Requests of the HTTP gateway, %d clients that keep their connections"):format(gateways.CLIENTS),
    note = NOTE,
    cpus = "two",
    unit = gateways.CLIENTS,
    contenders = { gateways.pyrolua(2 * STREAMS, true), gateways.floor(true) },
    targets = { { of = "pyrolua-gateway", against = "libmicrohttpd floor", least = 0.3 } },
  }
end
