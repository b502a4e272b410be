-- The class that both servers serve.
local pyro = require "pyro"

local TestClass = { __name = "TestClass" }

function TestClass:method(arg)
  print("Method called with " .. arg)
  print "You can now try to stop this server with ctrl-C/ctrl-Break"
  pyro.sleep(1)
end

return pyro.behavior(TestClass)
