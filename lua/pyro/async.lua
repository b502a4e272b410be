--- pyro.async(proxy):method(…) calls without waiting, and returns a future. The calls share the
--- proxy's connection: they are sent at once, one after the other, and answered in that order.
local future = require "pyro.future"

local AsyncProxy = { __name = "pyro.AsyncProxy" }
local proxies = setmetatable({}, { __mode = "k" })

--- Unknown names and attributes are as the proxy has them.
function AsyncProxy:__index(name)
  local proxy = proxies[self]
  local member = proxy[name]
  if type(member) ~= "function" then
    return member
  end
  return function(_, ...)
    return future(member, proxy, ...)
  end
end

---@param proxy pyro.Proxy|pyro.NameServer
---@return table with the proxy's methods, which return futures
return function(proxy)
  local async = setmetatable({}, AsyncProxy)
  proxies[async] = proxy
  return async
end
