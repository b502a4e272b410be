local pyro = require "pyro"

local proxy <close> = pyro.Proxy "PYRONAME:example.eventloop.server"
print("5*11=" .. proxy:multiply(5, 11))
print("'x'*10=" .. proxy:multiply("x", 10))
io.write "press enter to do a loop of some more calls:"
io.read()
for i = 1, 19 do
  print("2*i=" .. proxy:multiply(2, i))
  print("'@'*i=" .. proxy:multiply("@", i))
end
