local pyro = require "pyro"

--- A call that takes too long.
local function time_out(proxy, seconds)
  local ok, err = pcall(function()
    return proxy:delay(seconds)
  end)
  if not ok and err.class ~= "TimeoutError" then
    error(err)
  end
  print(ok and "!?should have raised TimeoutError!?" or "TimeoutError! As expected!")
end

local sleeper = pyro.Proxy "PYRONAME:example.timeout"
print "No timeout is configured. Calling delay with 2 seconds."
assert(sleeper:delay(2) == "slept 2 seconds")

print "Timeout set to 1 seconds. Calling delay with 2 seconds."
sleeper._pyroTimeout = 1
time_out(sleeper, 2)

print "COMMTIMEOUT is set globally. Calling delay with 2 seconds."
pyro.config.COMMTIMEOUT = 1 -- new proxies have it
sleeper = pyro.Proxy "PYRONAME:example.timeout"
time_out(sleeper, 2)

print "No timeout is configured. Calling delay with 3 seconds."
sleeper._pyroTimeout = nil
assert(sleeper:delay(3) == "slept 3 seconds")

print "Trying to connect to the frozen daemon."
local frozen = pyro.Proxy "PYRONAME:example.timeout.frozendaemon"
frozen._pyroTimeout = 1
print "Timeout set to 1 seconds. Trying to connect."
time_out(frozen, 5)

print "Disabling timeout and trying to connect again. This may take forever now."
print "Feel free to abort with ctrl-c or ctrl-break."
frozen._pyroTimeout = nil
frozen:delay(1)
