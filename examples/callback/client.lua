-- A client that is called back: it needs a daemon, and passes an object that is registered there.
local pyro = require "pyro"

local NUM_WORKERS = 5

local daemon <close> = pyro.Daemon {}
local callback = { workdone = 0 }

function callback:done(number)
  print(("callback: worker %d reports work is done!"):format(number))
  self.workdone = self.workdone + 1
  if self.workdone == NUM_WORKERS then
    daemon:shutdown()
  end
end

daemon:register(callback)
print "creating a bunch of workers"
local server <close> = pyro.Proxy "PYRONAME:example.callback"
for _ = 1, NUM_WORKERS do
  server:addworker(callback):work(math.random(5)) -- oneway: it goes on over there
end
print "waiting for all work complete..."
daemon:requestLoop()
print "done!"
