-- A client that is called back: it needs a daemon, and passes an object that is registered there.
local pyro = require "pyro"

local daemon = pyro.Daemon {}
local listener = {}
pyro.oneway(listener, "done")

function listener:progress(step, steps)
  print(("step %d of %d"):format(step, steps))
end

--- The worker does not wait for this one: the program may end at once.
function listener:done(result)
  print("done: " .. result)
  daemon:shutdown()
end

daemon:register(listener)
local worker = pyro.Proxy "PYRONAME:example.callback"
worker:work(3, listener)
print "The work goes on over there."
daemon:requestLoop()
