local pyro = require "pyro"

local RemoteObject = { __name = "RemoteObject", amount = 0 }
RemoteObject.__index = RemoteObject
pyro.behavior(RemoteObject, { instance_mode = "single" })

function RemoteObject:method(_)
  return " ~~this is the remote result~~ "
end

function RemoteObject:work()
  print("work... " .. self.amount)
  pyro.sleep(0.5)
  self.amount = self.amount + 1
end

function RemoteObject:reset_work()
  self.amount = 0
end

function RemoteObject:get_work_done()
  return self.amount
end

pyro.Daemon.serveSimple { [RemoteObject] = "example.proxysharing" }
