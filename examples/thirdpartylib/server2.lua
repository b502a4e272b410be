-- Serves an adapter: it exposes only what others may call, and its results can travel.
local pyro = require "pyro"
local AwesomeClass = require "awesome_thirdparty_library"

local AwesomeAdapterClass = setmetatable({ __name = "AwesomeAdapterClass" }, AwesomeClass)
AwesomeAdapterClass.__index = AwesomeAdapterClass
pyro.behavior(AwesomeAdapterClass)
pyro.expose(AwesomeAdapterClass, { "method", "weird" })

function AwesomeAdapterClass:method(arg)
  print "Adapter class is called..."
  return AwesomeClass.method(self, arg)
end

function AwesomeAdapterClass:weird()
  AwesomeClass.weird(self)
  return "weird awesome"
end

local daemon <close> = pyro.Daemon {}
local uri = daemon:register(AwesomeAdapterClass, "example.thirdpartylib")
print("adapter class registered, uri:  " .. tostring(uri))
daemon:requestLoop()
