local pyro = require "pyro"

local calc = pyro.Proxy "PYRONAME:example.autoretry"

--- Two calls in time, then one when the server has closed the connection.
local function call_three_times(expected)
  print "Calling remote function 1st time (create connection)"
  calc:add(1, 1)
  print "Calling remote function 2nd time (not timed out yet)"
  calc:add(2, 2)
  print "Sleeping 1 second..."
  pyro.sleep(1)
  print(("Calling remote function 3rd time (%s)"):format(expected))
  return pcall(calc.add, calc, 3, 3)
end

local _, err = call_three_times "will raise an exception"
print(("Got exception %s as expected."):format(pyro.repr(err)))

print "\nNow, let's enable the auto retry on the proxy"
calc:_pyroRelease()
calc._pyroMaxRetries = 2
assert(call_three_times "will not raise any exceptions")
