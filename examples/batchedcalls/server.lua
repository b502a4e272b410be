local pyro = require "pyro"

local Thingy = { __name = "Thingy" }
pyro.behavior(Thingy)

function Thingy:multiply(a, b)
  return a * b
end

function Thingy:add(a, b)
  return a + b
end

function Thingy:divide(a, b)
  if b == 0 then
    error(pyro.ZeroDivisionError "integer division or modulo by zero")
  end
  return a // b
end

function Thingy:error()
  return self:divide(1, 0)
end

function Thingy:delay(seconds)
  pyro.sleep(seconds)
  return seconds
end

function Thingy:printmessage(message)
  print(message)
  return 0
end

pyro.Daemon.serveSimple({ [Thingy] = "example.batched" }, { ns = false })
