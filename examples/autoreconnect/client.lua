local pyro = require "pyro"

print "Autoreconnect using PYRO uri."
io.write "Enter the uri that the server printed:"
require "calling"(pyro.Proxy(io.read():match "%S+"))
