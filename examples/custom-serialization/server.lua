local pyro = require "pyro"
local mycustomclasses = require "mycustomclasses"

local Server = { __name = "Server" }
pyro.behavior(Server)

function Server:method(arg)
  print("\nmethod called, arg= " .. tostring(arg))
  return mycustomclasses.Thingy.new(999)
end

function Server:othermethod(arg)
  print("\nothermethod called, arg= " .. tostring(arg))
  return mycustomclasses.OtherThingy.new(999)
end

pyro.Daemon.serveSimple({ [Server] = "example.customclasses" }, { ns = false })
