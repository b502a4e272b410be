local pyro = require "pyro"
local Bouncer = require "bouncer"

local daemon <close> = pyro.Daemon {}
pyro.locateNS():register("example.deadlock", daemon:register(Bouncer.new "Server"))

print "This bounce example will deadlock!"
print "Read the source or README.md for more info why this is the case!"
print "Bouncer started."
daemon:requestLoop()
