-- Takes the id and port that the name server remembers from its last run, so that URIs stay valid.
-- (Clients that use nothing but PYRONAME URIs look the name up again: for them any would do.)
local pyro = require "pyro"

print "Autoreconnect using Name Server."
local TestClass = require "testclass"
local ns = pyro.locateNS()
local daemon
local found, existing = pcall(ns.lookup, ns, "example.autoreconnect")
if found then
  print("Object still exists in Name Server with id: " .. existing.object)
  print("Previous daemon socket port: " .. existing.port)
  daemon = pyro.Daemon { port = existing.port }
  daemon:register(TestClass, existing.object)
else
  print "There was no previous registration in the name server."
  daemon = pyro.Daemon {}
  ns:register("example.autoreconnect", daemon:register(TestClass))
end
print "Server started."
daemon:requestLoop() -- the name stays registered
