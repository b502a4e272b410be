local pyro = require "pyro"

local function call_three_times(mode, message)
  local proxy <close> = pyro.Proxy("PYRONAME:instance." .. mode)
  for _ = 1, 3 do
    print(pyro.repr(proxy:msg(message)))
  end
end

print "Showing the different instancing modes."
print "The number printed, is the id of the instance that handled the call."

print "\n-----PERCALL (different number *possible* every time) -----"
call_three_times("percall", "hello1")
call_three_times("percall", "hello2")
call_three_times("percall", "hello3")

print "\n-----SESSION (same numbers within session) -----"
call_three_times("session", "hello1")
print " ..new proxy.."
call_three_times("session", "hello2")

print "\n-----SINGLE (same number always, even over proxies) -----"
call_three_times("single", "hello1")
call_three_times("single", "hello2")
call_three_times("single", "hello3")
