-- A factory whose products stay here: its callers get a proxy of each.
local pyro = require "pyro"
local Thingy = require "thingy"

local daemon <close> = pyro.Daemon {}
local Factory = { __name = "Factory" }
pyro.behavior(Factory)

function Factory:createSomething(number)
  local thing = Thingy.new(number)
  daemon:register(thing) -- what is registered travels as a proxy, other tables as copies
  return thing
end

pyro.Daemon.serveSimple({ [Factory] = "example.autoproxy" }, { daemon = daemon, ns = false })
