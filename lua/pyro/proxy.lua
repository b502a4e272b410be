--- pyro.Proxy(uri, options): the Lua part of proxies.
local core = require "pyro.core"
local usage = require "pyro.usage"

--- A proxy of a remote object. Its other fields are the methods and attributes of the object. To
--- know whether a name is a method or an attribute, a proxy that is not connected connects when
--- you look the name up. Therefore protect the whole call: pcall(function() return proxy:method(1)
--- end). In pcall(proxy.method, proxy, 1), Lua looks the name up before it calls pcall; that is
--- safe only once the proxy is connected, for example by proxy:_pyroBind().
---
--- Lua's operators call the methods of Python's operators: `#proxy` is `proxy:__len__()`,
--- `proxy[2]` is `proxy:__getitem__(2)`, `proxy[2] = 1` is `proxy:__setitem__(2, 1)` (pyro.null
--- sets an item to None), and `proxy[2] = nil` is `proxy:__delitem__(2)`. A string is a key in
--- this sense, too, unless it is the name of a member, or starts with `__` or `_pyro`. `for item
--- in pairs(proxy) do` visits the same items as `for item in proxy:` in Python.
---@class pyro.Proxy
---@field _pyroUri pyro.URI
---@field _pyroConnection boolean whether it is connected
---@field _pyroTimeout number seconds that a call may take; 0 for no limit. The default is the
---  setting COMMTIMEOUT
---@field _pyroMaxRetries integer how often to repeat a call whose connection broke or that timed
---  out. Its method may then run several times, so set this only if repeating does no harm. The
---  default is the setting MAX_RETRIES
---@field _pyroSerializer string|nil its serializer; nil for the setting SERIALIZER
---@field _pyroProtocol integer|nil 48 or 502, chosen or found out; nil before that
---@field _pyroHmacKey string|nil the HMAC key that it shares with its server (see
---  docs/security.md); nil for the setting HMAC_KEY, "" for none
---@field _pyroHandshake any data for the server's handshake validation; "hello" by default
---@field _pyroValidateHandshake fun(proxy: pyro.Proxy, response: any)|nil called with the server's
---  response to the handshake, for each connection; an error that it raises closes the connection
---@field _pyroSsl boolean|pyro.ProxySsl|nil whether to speak TLS, from the next connection on; nil:
---  as the setting SSL says
---@field _pyroMethods string[] names of methods, from the metadata
---@field _pyroOneway string[] names of oneway methods, likewise; set them if the server sends no
---  metadata
---@field _pyroAttrs string[] names of attributes, likewise
local methods = core.proxy_methods

local RETRY_PAUSE = 2 -- seconds

local COMMUNICATION = {}
for name in ([[CommunicationError ConnectionClosedError TimeoutError ProtocolError
  MessageTooLargeError]]):gmatch "%S+" do
  COMMUNICATION[name] = true
end

local function is_error(err, classes)
  return getmetatable(err) == core.error_type and classes[err.class]
end

--- Reconnects, and tries until that succeeds.
---@param tries? integer how often at most
function methods:_pyroReconnect(tries)
  tries = usage.check("the number of tries", tries, "number|nil") or math.huge
  self:_pyroRelease()
  while tries > 0 do
    local ok, err = pcall(core.connect, self)
    if ok then
      return
    elseif not is_error(err, COMMUNICATION) then
      error(err)
    end
    tries = tries - 1
    if tries > 0 then
      core.sleep(RETRY_PAUSE)
    end
  end
  error(core.new_error("ConnectionClosedError", "failed to reconnect"))
end

local ENDS = { IndexError = true, StopIteration = true }

--- Iterates over the items of a remote object at 0, 1, 2, …
local function by_index(proxy)
  local index = -1
  return function()
    index = index + 1
    local ok, item = pcall(proxy.__getitem__, proxy, index)
    if ok then
      return item == nil and core.null or item
    elseif not is_error(item, ENDS) then
      error(item, 0)
    end
  end
end

local function in_list(list)
  local index = 0
  return function()
    index = index + 1
    return list[index]
  end
end

local function is_callable(value)
  local metatable = getmetatable(value)
  return type(value) == "function" or type(metatable) == "table" and metatable.__call ~= nil
end

--- `for item in pairs(proxy) do` goes through what `for item in proxy:` does in Python.
function core.proxy_type:__pairs()
  local ok, iterator = pcall(function()
    return self.__iter__
  end)
  if ok then
    local items = iterator(self)
    return is_callable(items) and items or in_list(items)
  elseif is_error(iterator, { AttributeError = true }) then
    return by_index(self)
  end
  error(iterator, 0)
end

--- Options, and the fields that they set.
local FIELDS = {
  protocol = "_pyroProtocol",
  serializer = "_pyroSerializer",
  timeout = "_pyroTimeout",
  retries = "_pyroMaxRetries",
  handshake = "_pyroHandshake",
  hmac_key = "_pyroHmacKey",
  validateHandshake = "_pyroValidateHandshake",
  ssl = "_pyroSsl",
}

local set_field = core.proxy_type.__newindex

---@class pyro.ProxySsl
---@field cacerts? string file or folder with certificates of authorities to trust besides the
---  system's; the default is the setting SSL_CACERTS
---@field clientcert? string file with the client's certificate, for servers that require one
---@field clientkey? string file with its key, if that is another one
---@field clientkeypasswd? string password of the key

---@class pyro.ProxyOptions
---@field protocol? integer 48 (Pyro4) or 502 (Pyro5); by default the one that the server speaks
---@field serializer? string serpent, json, marshal, msgpack, pickle, cloudpickle or dill
---@field timeout? number seconds that a call may take
---@field retries? integer how often to repeat a call whose connection broke or that timed out; set
---  it only if repeating does no harm
---@field handshake? any data for the server's handshake validation
---@field hmac_key? string the HMAC key that it shares with its server
---@field validateHandshake? fun(proxy: pyro.Proxy, response: any)
---@field ssl? boolean|pyro.ProxySsl whether to speak TLS. In a table, settings are the default of
---  what is missing. nil: as the setting SSL says
---@field connected_socket? integer file descriptor of a connected socket, which the proxy takes
---  over. `uri` is then the id of the object. There is no handshake, so the protocol cannot be
---  found out

--- Makes a proxy, which calls the remote object of a URI. It connects when it is first used. From
--- a proxy, makes a copy with the same settings and a connection of its own.
---@param uri string|pyro.URI|pyro.Proxy `PYRO:id@host:port`, `PYRONAME:name` or `PYROMETA:tag,tag`
---@param options? pyro.ProxyOptions
---@return pyro.Proxy
return function(uri, options)
  options = usage.options(options, "connected_socket handshake hmac_key protocol retries "
    .. "serializer ssl timeout validateHandshake")
  local proxy = usage.call(core.new_proxy, uri, options.connected_socket, options.ssl)
  for option, field in pairs(FIELDS) do
    if options[option] ~= nil then
      usage.call(set_field, proxy, field, options[option])
    end
  end
  return proxy
end
