local pyro = require "pyro"

local server <close> = pyro.Proxy "PYRONAME:example.oneway2"
print "incrementing a few times normally"
for _ = 1, 3 do
  server:increment()
end
local counter = server:getcount()
print("counter in server is now:  " .. counter)
print "incrementing a few times via oneway call (should be almost instantaneous)"
for _ = 1, 3 do
  server:increment_oneway()
end
local counter2 = server:getcount()
print("counter is now:  " .. counter2)
assert(counter2 == counter, "!? the oneway calls have not been processed in the background!?")
print "ok, the oneway calls are still being processed in the background."
print "   we'll wait a bit till they're done..."
pyro.sleep(2)
print("counter is now:  " .. server:getcount())
