local pyro = require "pyro"

local huge_object = {}
for i = 1, 10000 do
  huge_object[i] = 42
end
local simple_object = { message = "hello", irrelevant = huge_object }

print "First start the built-in test echo server with something like:"
print "  pyrolua -m pyro.echoserver"
print "Enter the server's uri that was printed:"
local echoserver <close> = pyro.Proxy(io.read():match "%S+")

pyro.config.MAX_MESSAGE_SIZE = 1 << 32
print "\nSending big data with virtually no limit on message size..."
echoserver:echo(simple_object)
print "success."

pyro.config.MAX_MESSAGE_SIZE = 2500
print "\nSending big data with a limit on message size..."
local ok, err = pcall(echoserver.echo, echoserver, simple_object)
print(ok and "Hmm, this should have raised an exception" or "EXCEPTION (expected): " .. err.message)
