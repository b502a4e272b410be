-- A server that takes its time, and one that does not even welcome its clients.
local pyro = require "pyro"

local TimeoutServer = { __name = "TimeoutServer" }
TimeoutServer.__index = TimeoutServer

function TimeoutServer:delay(amount)
  print(("sleeping %d"):format(amount))
  pyro.sleep(amount)
  print "done."
  return ("slept %d seconds"):format(amount)
end

local ns = pyro.locateNS()
local daemon <close> = pyro.Daemon {}
local frozen <close> = pyro.Daemon {}
pyro.config.HANDSHAKE_TIMEOUT = 3600

--- Never answers: in Lua all open daemons are served, so this one has to freeze by itself.
function frozen:validateHandshake()
  pyro.event():wait()
end

ns:register("example.timeout", daemon:register(setmetatable({}, TimeoutServer)))
ns:register("example.timeout.frozendaemon", frozen:register(setmetatable({}, TimeoutServer)))
print "Server ready."
daemon:requestLoop()
