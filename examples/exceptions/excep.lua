-- Errors of all kinds.
local pyro = require "pyro"

local TestClass = { __name = "TestClass" }
pyro.behavior(TestClass)
pyro.oneway(TestClass, "onewayerr")

--- Errors that Python has are made by the functions of that name.
function TestClass:div(arg1, arg2)
  if arg2 == 0 then
    error(pyro.ZeroDivisionError "division by zero")
  end
  return arg1 / arg2
end

function TestClass:error()
  error(pyro.ValueError "a valueerror! Great!")
end

--- An error may be a result, too.
function TestClass:error2()
  return pyro.ValueError "a valueerror! Great!"
end

--- A plain error arrives as a RuntimeError.
function TestClass:othererr()
  error("a runtime error!", 0)
end

function TestClass:onewayerr()
  error(pyro.ValueError "error in oneway call!")
end

local function crash(arg)
  return arg // 2
end

--- So does an error that Lua itself raises.
function TestClass:complexerror()
  return (crash "going down...")
end

--- A file cannot travel.
function TestClass:unserializable()
  return io.stdout
end

return TestClass
