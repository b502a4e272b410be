local pyro = require "pyro"

io.write "enter async server object uri: "
local uri = io.read():match "%S+"
local proxy = pyro.Proxy(uri)
local async = pyro.async(proxy)

local function add_one(value)
  print((">>> async function called with value=%s increase=1"):format(value))
  return value + 1
end

local function add(a, b, extra)
  print((">>> async func called with some arguments: a=%s, b=%s, extra=%s"):format(a, b,
    extra or "None"))
  return a + b
end

local function show(result)
  print("RESULT:  " .. result)
end

print "\n* async call with error:"
async:divide(100, 0):iferror(function(err)
  print("ERRORHANDLER:  " .. err.message)
end):andThen(show)
pyro.sleep(4)
print "^^^^ above an error message should be printed out..."
print "\n* async call with error, but without errorhandler:"
local future = async:divide(100, 0):andThen(show)
pyro.sleep(4)
print "^^^^ above, no error message should be printed out..."
local ok, err = pcall(function()
  return future.value
end)
print(ok and "SHOULD RAISE ERROR INSTEAD!!"
  or "expected error occurred when trying to obtain the result: " .. err.message)

print "\n* async call with call chain:"
-- Each is called with what the one before returned, once that is there.
future = async:divide(100, 5):andThen(add_one):andThen(add_one):andThen(add_one)
print "sleeping 4 seconds"
pyro.sleep(4) -- the functions are called meanwhile
print "back from sleep"
print("final value= " .. future.value)

print "\n* async call with call chain that is set 'too late':"
future = async:divide(100, 5)
pyro.sleep(4) -- the result is there already: so they are called at once
future:andThen(add_one):andThen(add_one):andThen(add_one)
print("final value= " .. future.value)

print "\n* async call with call chain, where calls have extra arguments:"
future = async:multiply(5, 6):andThen(add, 1):andThen(add, 2, 42):andThen(add, 3, "last one")
print "sleeping 1 second"
pyro.sleep(1)
print "back from sleep"
print("final value= " .. future.value)

print "\n* async call with call chain, where calls are new non-async pyro calls:"
local normal = pyro.Proxy(uri)
local function add_there(value, increase)
  return normal:add(value, increase)
end
future = async:divide(100, 5):andThen(add_there, 1):andThen(add_there, 2):andThen(add_there, 3)
print "getting result value (will block until available)"
print("final value= " .. future.value)

print "\ndone."
