--- pyro.async(proxy):method(…) calls without waiting, and returns a future. The calls share the
--- proxy's connection: they are sent at once, one after the other, and answered in that order.
local core = require "pyro.core"
local background = require("pyro.future").background
local usage = require "pyro.usage"

local AsyncProxy = { __name = "pyro.AsyncProxy" }
local proxies = setmetatable({}, { __mode = "k" })

--- Looks remote methods up once. Unknown names and attributes are the proxy's.
function AsyncProxy:__index(name)
  local proxy = proxies[self]
  local member = proxy[name]
  if type(member) ~= "function" then
    return member
  end
  local function later(...)
    return background(member, ...)
  end
  if type(proxy) == "table" or name:sub(1, 1) == "_" then
    return function(_, ...)
      return later(proxy, ...)
    end
  end
  local method = core.new_async_method(proxy, name, later)
  rawset(self, name, method)
  return method
end

--- Returns a table with the methods of a proxy, each of which returns a future instead of waiting.
---@param proxy pyro.Proxy|pyro.NameServer
---@return table<string, fun(self: table, ...: any): pyro.Future> methods
return function(proxy)
  usage.check("the proxy", proxy, "userdata|table")
  local async = setmetatable({}, AsyncProxy)
  proxies[async] = proxy
  return async
end
