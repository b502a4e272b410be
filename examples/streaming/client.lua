local pyro = require "pyro"

io.write "Enter streaming server uri: "
local proxy <close> = pyro.Proxy(io.read():match "%S+")

local function collect(items)
  local list = {}
  for item in items do
    table.insert(list, item)
  end
  return pyro.repr(list)
end

print "\nnormal list:"
print(pyro.repr(proxy:list()))
print "\nvia iterator:"
print(collect(proxy:iterator()))
print "\nvia generator:"
print(collect(proxy:generator()))
print "\nslow generator:"
for number in proxy:slow_generator() do
  print(number)
end
print "\nproperty iterator:"
print(collect(proxy.prop_iter))
print "\nproperty generator:"
print(collect(proxy.prop_generator))
