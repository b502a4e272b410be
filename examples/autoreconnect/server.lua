-- To be found again after a restart, it needs the same id and place.
local pyro = require "pyro"

print "Autoreconnect using PYRO uri."
local daemon <close> = pyro.Daemon { port = 7777 }
local uri = daemon:register(require "testclass", "example.autoreconnect_fixed_objectid")
print("Server started, uri: " .. tostring(uri))
daemon:requestLoop()
