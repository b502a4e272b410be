-- A server that works while nobody waits for it.
local pyro = require "pyro"

local Server = { __name = "Server", busy = false }
Server.__index = Server
pyro.behavior(Server)
pyro.oneway(Server, "oneway_start", "oneway_work")

function Server:oneway_start(duration)
  print "start request received. Starting work..."
  self.busy = true
  for left = duration, 1, -1 do
    pyro.sleep(1)
    print(left)
  end
  print "work is done!"
  self.busy = false
end

function Server:ready()
  print(("ready status requested (%s)"):format(pyro.repr(not self.busy)))
  return not self.busy
end

function Server:result()
  return "The result :)"
end

function Server:nothing()
  print "nothing got called, doing nothing"
end

function Server:oneway_work()
  for i = 1, 10 do
    print("work work.. " .. i)
    pyro.sleep(1)
  end
  print "work's done!"
end

pyro.Daemon.serveSimple { [Server] = "example.oneway" }
