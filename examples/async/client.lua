local pyro = require "pyro"

io.write "enter async server object uri: "
local uri = io.read():match "%S+"
local proxy = pyro.Proxy(uri)

print "* normal call: (notice the delay)"
print("result= " .. proxy:divide(100, 5))

print "\n* async call:"
local async = pyro.async(proxy)
local future = async:divide(100, 5) -- returns at once
print("result value available? " .. pyro.repr(future.ready)) -- not while the server is busy
print "client can do other stuff here."
print "getting result value...(will block until available)"
print("resultvalue= " .. future.value) -- waits for it

print "\n* async call, with normal call inbetween:"
local normal = pyro.Proxy(uri) -- a server serves the calls of one connection in their order
future = async:divide(100, 5)
print("client does normal call:  " .. normal:multiply(5, 20))
print("client does normal call:  " .. normal:multiply(5, 30))
print "getting result value of async call...(will block until available)"
print("resultvalue= " .. future.value)

print "\n* async call with exception:"
future = async:divide(100, 0)
print "getting result value..."
local ok, err = pcall(function()
  return future.value -- raises it
end)
print(ok and "Weird, this shouldn't succeed!?" or "got exception (expected): " .. pyro.repr(err))

print "\n* async call with timeout:"
future = async:divide(100, 5)
print "checking if ready within 2 seconds..."
print("status after waiting= " .. pyro.repr(future:wait(2)))
print "checking again if ready within 5 seconds...(should be ok now)"
print("status after waiting= " .. pyro.repr(future:wait(5)))
print("available= " .. pyro.repr(future.ready))
print("resultvalue= " .. future.value)

print "\n* a few async calls at the same time:"
local futures = {}
for divisor = 7, 3, -1 do
  local own = pyro.async(pyro.Proxy(uri)) -- a connection for each
  table.insert(futures, own:divide(100, divisor))
end
print "getting values..."
for _, each in ipairs(futures) do
  print("result= " .. each.value)
end

print "\ndone."
