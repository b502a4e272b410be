local pyro = require "pyro"

local Thingy = { __name = "Thingy" }
pyro.behavior(Thingy)

function Thingy:divide(a, b)
  print(("dividing %s by %s after a slight delay"):format(a, b))
  pyro.sleep(3)
  if b == 0 then
    error(pyro.ZeroDivisionError "integer division or modulo by zero")
  end
  return a // b
end

function Thingy:multiply(a, b)
  print(("multiply %s by %s, no delay"):format(a, b))
  return a * b
end

function Thingy:add(value, increase)
  print(("adding %s to %s, no delay"):format(increase, value))
  return value + increase
end

pyro.Daemon.serveSimple({ [Thingy] = "example.async" }, { ns = false })
