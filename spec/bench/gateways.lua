--- Those who are compared over HTTP. Their client is ApacheBench.
local clock = require "spec.bench.clock"
local contenders = require "spec.bench.contenders"
local process = require "spec.support.process"

local gateways = {}

gateways.CLIENTS = 16
local LONG = 120 -- seconds that anything may take
local TEXT = ("x"):rep(16)
local ECHO = "/pyro/http.bench/echo?value=" .. TEXT

--- The runner of clients that ask for a text again and again.
---@param kept boolean they keep their connections
local function runner(server, cpu, port, kept)
  local clients = tostring(gateways.CLIENTS)
  return {
    server = server,
    port = port,
    run = function(count)
      local served, called = clock.cpu(server.pid), clock.children()
      local command = { "/usr/bin/ab", "-q", "-c", clients, "-n", tostring(count),
        ("http://127.0.0.1:%d%s"):format(port, ECHO) }
      if kept then
        table.insert(command, 2, "-k")
      end
      local ab = contenders.pinned(cpu, command)
      ab:wait(LONG)
      local rate = ab.out:match "Requests per second: +([%d.]+)"
      assert(rate and ab.out:find "Failed requests: +0\n" and not ab.out:find("Non-2xx", 1, true), ab.output)
      return count / tonumber(rate), clock.cpu(server.pid) - served, clock.children() - called
    end,
  }
end

--- A gateway, a name server, and the object that the gateway calls, in pyrolua.
local function contender(name, words, kept)
  return {
    name = name,
    start = function(cpus)
      local _, location = contenders.serve(cpus.server, "named_server.lua")
      words.env = { PYRO_NS_HOST = "127.0.0.1", PYRO_NS_PORT = location:match "%d+$" }
      local gateway = contenders.pinned(cpus.server, words)
      return runner(gateway, cpus.client, gateway:expect("gateway running on http://127%.0%.0%.1:(%d+)/pyro/", LONG),
        kept)
    end,
  }
end

--- pyrolua's gateway, for so many connections.
---@param connections integer
---@param kept boolean clients keep theirs
---@return bench.Contender
function gateways.pyrolua(connections, kept)
  local most = tostring(connections)
  return contender("pyrolua-gateway", { process.build() .. "/pyrolua", "-m", "pyro.gateway", "-p", "0",
    "--connections", most, "--client-connections", most }, kept)
end

--- Pyro4's gateway, which keeps no connections.
---@return bench.Contender
function gateways.pyro4()
  return contender("Pyro4's gateway", { "/usr/bin/python3", "-u", "-Wignore", "-m", "Pyro4.utils.httpgateway",
    "-H", "127.0.0.1", "-p", "0" }, false)
end

--- Bare libmicrohttpd, with the answer of a gateway.
---@param kept boolean clients keep their connections
---@return bench.Contender
function gateways.floor(kept)
  return {
    name = "libmicrohttpd floor",
    start = function(cpus)
      local server = contenders.pinned(cpus.server, { process.build() .. "/bench/floor_http", ('"%s"'):format(TEXT) })
      return runner(server, cpus.client, server:expect("at %S+:(%d+)\n", LONG), kept)
    end,
  }
end

return gateways
