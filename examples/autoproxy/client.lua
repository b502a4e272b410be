local pyro = require "pyro"

io.write "enter factory server object uri: "
local factory <close> = pyro.Proxy(io.read():match "%S+")

print "Creating things."
local things = {}
for number = 1, 3 do
  things[number] = factory:createSomething(number)
end
print(things[1])

print "Speaking stuff (see output on server)."
things[1]:speak "I am the first"
things[2]:speak "I am second"
things[3]:speak "I am last then..."
