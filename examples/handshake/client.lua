local pyro = require "pyro"

io.write "Enter the URI of the server object: "
local proxy <close> = pyro.Proxy(io.read():match "%S+")
io.write "Enter the secret code of the server (or make a mistake on purpose to see what happens): "
proxy._pyroHandshake = io.read()

--- Called with what the server answered; an error here refuses the connection, too.
function proxy:_pyroValidateHandshake(response)
  print("Proxy received handshake response data:  " .. pyro.repr(response))
end

print "connecting..."
proxy:_pyroBind()
proxy:ping()
print "Connection ok!"
print "done."
