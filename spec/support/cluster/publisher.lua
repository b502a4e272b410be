-- Publishes an object. usage: publisher.lua NAME ADDRESS LEASE
local name, address, lease = table.unpack(arg)
local pyro = require "pyro"
local daemon = pyro.Daemon { host = address }
daemon:publish(name, { whoami = function() return name end }, { lease = tonumber(lease) })
print "published"
daemon:requestLoop()
