local pyro = require "pyro"
local Bouncer = require "bouncer"

local daemon <close> = pyro.Daemon {}
local server = pyro.Proxy "PYRONAME:example.deadlock"
local bouncer = Bouncer.new "Client"
daemon:register(bouncer)
server:register(bouncer) -- the server calls this one back

-- That calls the server again, with the same proxy that is amidst a call then: another one for the
-- same object would do.
bouncer:register(server)

print "This bounce example will deadlock!"
print "Read the source or README.md for more info why this is the case!"
print "Calling server..."
local ok, result = pcall(server.process, server, { "hello" })
print("Result= " .. (ok and pyro.repr(result) or tostring(result)))
