local pyro = require "pyro"

print "First start the built-in test echo server with something like:"
print "  pyrolua -m pyro.echoserver"
print "Enter the server's uri that was printed:"
local echoserver <close> = pyro.Proxy(io.read():match "%S+")

print("\ngot back from the server: " .. echoserver:echo "hello")
print("got back from the server: " .. pyro.repr(echoserver:echo { 1, 2, 3, 4 }))

for element in echoserver:generator() do
  print("got element from remote iterator: " .. element)
end

local ok, err = pcall(echoserver.error, echoserver)
assert(not ok)
print "\ncaught an exception (expected), traceback:"
print(table.concat(err.remoteTraceback))

print "\nshutting down the test echo server. (restart it if you want to run this again)"
echoserver:shutdown()
