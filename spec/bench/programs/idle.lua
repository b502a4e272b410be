--- Connections that nobody uses. usage: idle.lua LOCATION COUNT
local pyro = require "pyro"

local proxies = {}
for i = 1, math.tointeger(arg[2]) do
  proxies[i] = pyro.Proxy("PYRO:bench@" .. arg[1])
  proxies[i]:_pyroBind()
end
print "ready"
io.stdout:flush()
io.read()
