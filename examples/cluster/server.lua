-- Counts for its clients, under a name that comes back when the name server has lost it.
local pyro = require "pyro"

local NAME = "example.cluster.counter"

local counter = { count = 0 }

function counter:next()
  self.count = self.count + 1
  return self.count
end

local daemon = pyro.Daemon {}

function daemon:lost(name)
  print(name .. " is somebody else's now.")
  self:shutdown()
end

daemon:publish(NAME, counter, { lease = 5, metadata = { "counter" } })
print(NAME .. " is published; the counter is running.")
daemon:requestLoop()
