-- Serves on a Unix domain socket: for programs of this machine only.
local pyro = require "pyro"

local Thingy = { __name = "Thingy" }
pyro.behavior(Thingy)

function Thingy:message(arg)
  print("Message received: " .. arg)
  return "Roger!"
end

os.remove "example_unix.sock" -- a server that was killed left it behind
local daemon <close> = pyro.Daemon { unixsocket = "example_unix.sock" }
print("Server running, uri= " .. tostring(daemon:register(Thingy, "example.unixsock")))
daemon:requestLoop()
