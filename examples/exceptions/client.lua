local pyro = require "pyro"

local test = pyro.Proxy "PYRONAME:example.exceptions"

--- Calls a method; shows its result, or the error.
local function try(title, name, ...)
  local ok, result = pcall(test[name], test, ...)
  if ok then
    print(("%s, %s"):format(pyro.repr(result), result.message or result))
  else
    print(title .. ":  " .. result.message)
  end
end

print(test:div(2.0, 9.0))
print("DIVIDE BY ZERO:  " .. select(2, pcall(load "return 2 // 0")))
try("DIVIDE BY ZERO", "div", 2, 0)
try("VALUERROR", "error")
try("VALUERROR", "error2")
try("ANOTHER ERROR", "othererr")
local ok, oneway_error = pcall(function()
  test:onewayerr()
end)
print(ok and "oneway call simply succeeded" or "SHOULD NOT HAPPEN: exception from oneway call "
  .. tostring(oneway_error))
try("UNSERIALIZABLE ERROR", "unserializable")

print "\n*** invoking server method that crashes, catching traceback ***"
local _, err = pcall(test.complexerror, test)
print("CAUGHT ERROR  >>>  " .. err.message)
print "Printing Pyro traceback >>>>>>"
print(table.concat(err.remoteTraceback))
print "<<<<<<< end of Pyro traceback"

print "\n*** invoking server method that crashes, not catching anything ***"
print(test:complexerror()) -- pyrolua shows the remote traceback of an error that nobody catches
