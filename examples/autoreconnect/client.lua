-- client.lua URI
local pyro = require "pyro"

local counter = pyro.Proxy(...)

for _ = 1, 6 do
  local ok, result = pcall(counter.next, counter)
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
