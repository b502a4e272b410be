-- A server that takes its time.
local pyro = require "pyro"

local sleeper = {}

function sleeper:sleep(seconds)
  pyro.sleep(seconds)
  return "slept well"
end

pyro.Daemon.serveSimple { [sleeper] = "example.timeout" }
