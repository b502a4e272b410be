-- The loop of both clients.
local pyro = require "pyro"

return function(proxy)
  while true do
    print "call..."
    local ok, err = pcall(proxy.method, proxy, 42)
    if ok then
      print "Sleeping 1 second"
      pyro.sleep(1)
    elseif err.class == "ConnectionClosedError" then
      print "Connection lost. REBINDING..."
      print "(restart the server now)"
      proxy:_pyroReconnect()
    else
      error(err)
    end
  end
end
