-- Errors of all kinds.
local pyro = require "pyro"

local trouble = {}

--- Errors that Python has are made by the functions of that name.
function trouble:divide(a, b)
  if b == 0 then
    error(pyro.ZeroDivisionError "division by zero")
  end
  return a // b
end

--- A plain error arrives as a RuntimeError.
function trouble:complain(text)
  error(text)
end

--- So does an error that Lua itself raises.
function trouble:stumble()
  return self.missing.field
end

--- Errors may have more than a text.
function trouble:refuse(customer, amount)
  error(pyro.ValueError("no credit", customer, amount))
end

pyro.Daemon.serveSimple { [trouble] = "example.exceptions" }
