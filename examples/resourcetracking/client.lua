local pyro = require "pyro"

io.write "Enter the URI of the server object: "
local proxy <close> = pyro.Proxy(io.read():match "%S+")
print("currently allocated resources: " .. pyro.repr(proxy:list()))
local names = { ("%04x"):format(math.random(0, 0xffff)), ("%04x"):format(math.random(0, 0xffff)) }
for _, name in ipairs(names) do
  print("allocating resource... " .. name)
  proxy:allocate(name)
end
io.stdout:write("\nhit Enter now to continue normally or ^C/break to abort the connection \z
  forcefully:"):flush()
io.read()
print "free resources normally..."
for _, name in ipairs(names) do
  proxy:free(name)
end
print("allocated resources: " .. pyro.repr(proxy:list()))
print "done."
