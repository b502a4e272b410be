local pyro = require "pyro"

local server <close> = pyro.Proxy "PYRONAME:example.oneway"
print "starting server using a oneway call"
server:oneway_start(6)
print "doing some more oneway calls inbetween (this should be finished really quick)"
for _ = 1, 4 do
  server:nothing()
end
print "oneway calls done, this should have taken almost no time."

pyro.sleep(2)
print "\nNow contacting the server to see if it's done."
print "we are faster, so you should see a few attempts,"
print "until the server is finished."
print "server done?"
while not server:ready() do
  print "no, trying again"
  pyro.sleep(1)
  print "server done?"
end
print "yes!"

print("getting the result from the server: " .. server:result())
print "\nCalling oneway work method, server will continue working while we are done \z
  (quickly check the server console output now to see it running!)."
server:oneway_work()
