local pyro = require "pyro"

local store = pyro.Proxy "PYRONAME:example.resourcetracking"
store:lend "hammer"
store:lend "saw"
store:give_back "hammer"
print "And off with the saw!"
