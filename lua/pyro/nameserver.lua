--- pyro.locateNS([host], [port]): a name server's proxy, with named arguments in Lua's way:
--- ns:list { prefix = "example." }, ns:register(name, uri, { safe = true }).
local core = require "pyro.core"

---@class pyro.NameServer
---@field proxy pyro.Proxy the proxy itself
local NameServer = { __name = "pyro.NameServer" }

--- A plain table with string keys only, the last argument, names arguments.
local function is_named(value)
  if type(value) ~= "table" or getmetatable(value) or next(value) == nil then
    return false
  end
  for key in pairs(value) do
    if type(key) ~= "string" then
      return false
    end
  end
  return true
end

local function method(name)
  return function(self, ...)
    local arguments = table.pack(...)
    if is_named(arguments[arguments.n]) then
      arguments[arguments.n] = setmetatable(arguments[arguments.n], core.types.kwargs)
    end
    return self.proxy[name](self.proxy, table.unpack(arguments, 1, arguments.n))
  end
end

local methods = {}
for name in ("count lookup register remove list set_metadata ping"):gmatch "%S+" do
  methods[name] = method(name)
end

--- What is no method here is looked up on the proxy: _pyroUri, _pyroRelease…
function NameServer:__index(name)
  local own = methods[name]
  if own ~= nil then
    return own
  end
  local value = rawget(self, "proxy")[name]
  if type(value) ~= "function" then
    return value
  end
  return function(ns, ...)
    return value(ns.proxy, ...)
  end
end

function NameServer:__tostring()
  return tostring(self.proxy)
end

function NameServer:__close()
  self.proxy:_pyroRelease()
end

--- Finds a name server: at the host, else by Pyro's tactics (NS_HOST when that is this machine, a
--- broadcast, NS_HOST). When nobody answers: NamingError "Failed to locate the nameserver".
---@param host? string or "./u:path" for a Unix socket
---@param port? integer
---@return pyro.NameServer
return function(host, port)
  return setmetatable({ proxy = core.locate(host, port) }, NameServer)
end
