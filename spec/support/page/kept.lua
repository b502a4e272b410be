--- An object that a test ends, whose name has a lease.
local pyro = require "pyro"

local daemon = pyro.Daemon {}
local uri = daemon:register {
  hello = function()
    return "hello"
  end,
}
pyro.locateNS():publish("http.kept", uri, "ab12", 3600)
print "READY"
daemon:requestLoop()
