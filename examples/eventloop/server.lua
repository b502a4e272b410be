-- A program with a loop of its own, which serves whenever it is its turn.
local pyro = require "pyro"

local EmbeddedServer = { __name = "EmbeddedServer" }
EmbeddedServer.__index = EmbeddedServer

function EmbeddedServer:multiply(x, y)
  return type(x) == "string" and x:rep(y) or x * y
end

print "Initializing services..."
local daemon <close> = pyro.Daemon {}
local uri = daemon:register(setmetatable({}, EmbeddedServer))
print("server uri=" .. tostring(uri))
pyro.locateNS():register("example.eventloop.server", uri)
print ""

while true do
  print(os.date "%c" .. " Waiting for requests...")
  pyro.step(3) -- serves who calls; waits at most so many seconds for somebody
end
