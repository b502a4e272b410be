-- This is an AWESOME LIBRARY.
-- You can use its AWESOME CLASSES to do Great Things.
-- The author however DOESN'T allow you to CHANGE the source code!

local AwesomeClass = { __name = "AwesomeClass" }
AwesomeClass.__index = AwesomeClass

function AwesomeClass:method(arg)
  print("Awesome object is called with:  " .. arg)
  return "awesome"
end

function AwesomeClass:private()
  print "This should be a private method..."
  return "boo"
end

function AwesomeClass:weird()
  print "Weird!"
  return io.stdout -- a file, which cannot travel
end

return AwesomeClass
