local pyro = require "pyro"

local calculator = {}

function calculator:add(a, b)
  return a + b
end

function calculator:divide(a, b)
  if b == 0 then
    error(pyro.ZeroDivisionError "division by zero")
  end
  return a / b
end

function calculator:say(text)
  print(text)
end

pyro.Daemon.serveSimple { [calculator] = "example.batchedcalls" }
