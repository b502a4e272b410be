local pyro = require "pyro"

local mathematics = pyro.Proxy "PYRONAME:example.mathematics"
print(mathematics:sqrt(2))
print(mathematics:max(3, 1, 4, 1, 5))
print(mathematics:fmod(7, 3))
print(pcall(function()
  return mathematics:randomseed(5)
end))
