-- An object with attributes that its users read and write.
local pyro = require "pyro"

local Thingy = { __name = "Thingy" }
Thingy.__index = Thingy
pyro.behavior(Thingy)
pyro.expose(Thingy, { "getValue", "__dunder__", "__len__" })
pyro.attributes(Thingy, "prop_value", "prop_sub") -- the other fields are not seen from elsewhere

function Thingy.new()
  return setmetatable({ prop_value = 42, prop_sub = { name = "value" }, value = 123, _value = 999 },
    Thingy)
end

function Thingy:getValue()
  return self.prop_value
end

function Thingy.__dunder__()
  return "yep"
end

function Thingy.__len__()
  return 200
end

pyro.Daemon.serveSimple({ [Thingy] = "example.attributes" }, { ns = false })
