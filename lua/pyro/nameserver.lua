--- pyro.locateNS([host], [port]) returns a proxy of a name server, which takes named arguments in
--- Lua's way: ns:list { prefix = "example." }, ns:register(name, uri, { safe = true }). Its
--- methods are the same for the name servers of Pyro4, Pyro5 and pyrolua, which also has publish,
--- renew, withdraw, leases and watch.
local core = require "pyro.core"
local usage = require "pyro.usage"

---@class pyro.NameServer
---@field proxy pyro.Proxy the proxy itself
local NameServer = { __name = "pyro.NameServer" }

--- Returns whether a last argument names arguments: a plain table with string keys only does.
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

--- Returns the named arguments in a value, or nil.
local function named(value)
  return (is_named(value) or getmetatable(value) == core.types.kwargs) and value or nil
end

local function call_named(ns, name, arguments)
  return ns.proxy[name](ns.proxy, setmetatable(arguments, core.types.kwargs))
end

local function method(name)
  return function(self, ...)
    local proxy, last = self.proxy, select(-1, nil, ...)
    if is_named(last) then
      setmetatable(last, core.types.kwargs)
    end
    return proxy[name](proxy, ...)
  end
end

---@class pyro.NameServer
local methods = {}
for name in ("count lookup register remove list set_metadata ping "
  .. "publish renew withdraw leases watch"):gmatch "%S+" do
  methods[name] = method(name)
end

--- Finds names by their metadata in any name server: Pyro5's have yplookup(), Pyro4's have
--- metadata arguments of list(), pyrolua's have both.
local function has_yplookup(ns)
  return (pcall(function()
    return ns.proxy.yplookup
  end))
end

local list = methods.list

function methods:list(...)
  local filter = named((...))
  if filter and (filter.metadata_all or filter.metadata_any) and has_yplookup(self) then
    return methods.yplookup(self, filter.metadata_all, filter.metadata_any,
      filter.return_metadata or false)
  end
  return list(self, ...)
end

local function or_nil(tags)
  return type(tags) == "table" and next(tags) ~= nil and tags or nil
end

--- Lists the names that have all of some tags, or at least one of them.
---@param meta_all? string[] or named arguments
---@param meta_any? string[]
---@param return_metadata? boolean default true: { uri, tags } for each name, else its URI
---@return table<string, string|table>
function methods:yplookup(meta_all, meta_any, return_metadata)
  local given = named(meta_all) or
    { meta_all = meta_all, meta_any = meta_any, return_metadata = return_metadata }
  local all, any = or_nil(given.meta_all), or_nil(given.meta_any)
  local metadata = given.return_metadata ~= false
  if has_yplookup(self) then
    return call_named(self, "yplookup",
      { meta_all = all, meta_any = any, return_metadata = metadata })
  elseif not all and not any then -- of which Pyro4 would say: everything
    return setmetatable({}, core.types.dict)
  end
  return call_named(self, "list",
    { metadata_all = all, metadata_any = any, return_metadata = metadata })
end

--- Looks up on the proxy what is no method here: _pyroUri, _pyroRelease…
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

NameServer.__methods = methods -- for completion

function NameServer:__tostring()
  return tostring(self.proxy)
end

function NameServer:__close()
  self.proxy:_pyroRelease()
end

--- Finds a name server: at the given host, or else at NS_HOSTS, or else at NS_HOST, then by
--- broadcast. Raises NamingError "Failed to locate the
--- nameserver" if none responds. A port without a host replaces NS_PORT and NS_BCPORT.
---@param host? string or "./u:path" for a Unix socket; or a table with the fields host, port,
---  hmac_key instead of all arguments
---@param port? integer
---@param broadcast? nil an argument of Pyro's; refused
---@param hmac_key? string the HMAC key that the name server has; nil for the setting HMAC_KEY
---@return pyro.NameServer
---@overload fun(options: {host?: string, port?: integer, hmac_key?: string}): pyro.NameServer
return function(host, port, broadcast, hmac_key)
  if type(host) == "table" then
    local options = usage.options(host, "host port hmac_key")
    host, port, hmac_key = options.host, options.port, options.hmac_key
  end
  if broadcast ~= nil then -- which Pyro's have
    error("locateNS has no argument 'broadcast': it always broadcasts", 2)
  end
  usage.check("the name server's host", host, "string|nil")
  port = usage.check("the name server's port", port, "integer|nil")
  if port and (port < 0 or port > 65535) then
    error("the name server's port must be 0 to 65535, got " .. port, 2)
  end
  usage.check("the HMAC key", hmac_key, "string|nil")
  return setmetatable({ proxy = core.locate(host, port, hmac_key) }, NameServer)
end
