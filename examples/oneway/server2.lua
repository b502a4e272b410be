-- Oneway calls run beside each other, and beside the calls that are waited for.
local pyro = require "pyro"

local Server = { __name = "Server", counter = 0 }
Server.__index = Server
pyro.behavior(Server, { instance_mode = "single" })
pyro.oneway(Server, "increment_oneway")

function Server:increment_oneway()
  print("oneway call executing in " .. tostring(coroutine.running()))
  self:increment()
end

function Server:increment()
  pyro.sleep(0.5)
  self.counter = self.counter + 1
end

function Server:getcount()
  return self.counter
end

print("main " .. tostring(coroutine.running()))
pyro.Daemon.serveSimple { [Server] = "example.oneway2" }
