local pyro = require "pyro"

local backend = {}

function backend:work(seconds)
  pyro.sleep(seconds)
  return seconds
end

local daemon <close> = pyro.Daemon()
pyro.locateNS():register("example.backend", daemon:register(backend))
print "The backend is running."
daemon:requestLoop()
