local pyro = require "pyro"

local sleeper = pyro.Proxy "PYRONAME:example.timeout"

print "There is no timeout unless one is set:"
print(sleeper:sleep(1))

print "This proxy waits for half a second at most:"
sleeper._pyroTimeout = 0.5
print(pcall(sleeper.sleep, sleeper, 1))
print(pcall(sleeper.sleep, sleeper, 0.1))

print "The setting COMMTIMEOUT is where new proxies have theirs from:"
pyro.config.COMMTIMEOUT = 0.2
local hasty <close> = pyro.Proxy "PYRONAME:example.timeout"
print(hasty._pyroTimeout)
print(pcall(hasty.sleep, hasty, 1))

print "Without a timeout again:"
hasty._pyroTimeout = nil
print(hasty:sleep(0.5))
