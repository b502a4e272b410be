-- Serves on a Unix domain socket: for programs of this machine only.
local pyro = require "pyro"

local echo = {}

function echo:echo(text)
  return "you said: " .. text
end

os.remove "example.sock" -- a server that was killed left it behind
local daemon = pyro.Daemon { unixsocket = "example.sock" }
print(daemon:register(echo, "example.unixsock"))
print "The server is running."
daemon:requestLoop()
