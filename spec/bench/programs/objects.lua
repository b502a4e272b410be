--- Registers an object where COUNT others are, and removes it. usage: objects.lua COUNT
local pyro = require "pyro"

local daemon = pyro.Daemon { host = "127.0.0.1" }
for i = 1, math.tointeger(arg[1]) do
  daemon:register({}, "other" .. i)
end
print "ready"
io.stdout:flush()
for line in io.lines() do
  for _ = 1, math.tointeger(line) do
    local object = {}
    daemon:register(object, "one")
    daemon:unregister(object)
  end
  print "done"
  io.stdout:flush()
end
