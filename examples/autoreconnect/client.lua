-- client.lua URI
local pyro = require "pyro"

local counter = pyro.Proxy(...)

for _ = 1, 6 do
  local ok, result = pcall(function()
    return counter:next()
  end)
  if ok then
    print(result)
  else
    print(result.class .. "; but this client is still running.")
    counter:_pyroReconnect()
    print "Connected again."
  end
  if result == 3 then
    pcall(counter.crash, counter)
  end
end
