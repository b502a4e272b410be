--- Connections that nobody uses, or whose calls are all being served. usage: idle.lua LOCATION COUNT idle|active
local pyro = require "pyro"

local location, count, kind = table.unpack(arg)
count = math.tointeger(count)

local proxies = {}
for i = 1, count do
  proxies[i] = pyro.Proxy("PYRO:bench@" .. location)
  proxies[i]:_pyroBind()
end
if kind == "active" then
  local watcher = pyro.Proxy("PYRO:bench@" .. location)
  for _, proxy in ipairs(proxies) do
    pyro.spawn(function()
      proxy:hold()
    end)
  end
  while watcher:held() < count do
    pyro.sleep(0.01)
  end
end
print "ready"
io.stdout:flush()
io.read()
