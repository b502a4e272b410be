-- Serves a library's class as it is.
local pyro = require "pyro"
local AwesomeClass = require "awesome_thirdparty_library"

local daemon <close> = pyro.Daemon {}
local uri = daemon:register(pyro.behavior(AwesomeClass), "example.thirdpartylib")
print("wrapped class registered, uri:  " .. tostring(uri))
daemon:requestLoop()
