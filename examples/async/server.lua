local pyro = require "pyro"

local calculator = {}

--- A slow calculator.
function calculator:divide(a, b)
  pyro.sleep(0.2)
  if b == 0 then
    error(pyro.ZeroDivisionError "division by zero")
  end
  return a / b
end

pyro.Daemon.serveSimple { [calculator] = "example.async" }
