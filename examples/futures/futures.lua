-- Ordinary functions that are called in the background. Nothing is remote here.
local pyro = require "pyro"

local function myfunction(a, b, extra)
  print((">>> myfunction called with: a=%d, b=%d, extra=%s"):format(a, b, extra or "None"))
  return a + b
end

print "\n* just a single future call:"
local future = pyro.Future(myfunction)
local result = future(5, 6)
-- other things can be done meanwhile...
print("result value= " .. result.value)
assert(result.value == 11)

print "\n* several calls chained:"
future = pyro.Future(myfunction)
future:andThen(myfunction, 10)
future:andThen(myfunction, 20, "something")
-- Each function gets the value of the one before it, then the arguments that are given here.
result = future(5, 6)
-- other things can be done meanwhile...
print("result value= " .. result.value)
assert(result.value == 41)
