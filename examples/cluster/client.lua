-- Calls the counter as often as its argument says, once a second; looks it up again if it is gone.
local pyro = require "pyro"

local counter = pyro.Proxy "PYRONAME:example.cluster.counter"
for i = 1, tonumber(arg[1] or 3) do
  if i > 1 then
    pyro.sleep(1)
  end
  local ok, result = pcall(function()
    return counter:next()
  end)
  print(ok and "counted " .. result or "no counter: " .. result.class)
end
