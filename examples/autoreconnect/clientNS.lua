local pyro = require "pyro"

print "Autoreconnect using Name Server."
require "calling"(pyro.Proxy "PYRONAME:example.autoreconnect") -- looked up again to reconnect
