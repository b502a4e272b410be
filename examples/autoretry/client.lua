local pyro = require "pyro"

local weather = pyro.Proxy "PYRONAME:example.autoretry"

print "Without retries:"
print(pcall(function()
  return weather:temperature()
end))
print(weather:temperature())

print "With one:"
weather._pyroMaxRetries = 1
print(weather:temperature())
print(weather:temperature())
