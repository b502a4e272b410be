--- pyro.Proxy(uri, options): the Lua side of proxies.
local core = require "pyro.core"
local usage = require "pyro.usage"

--- Its other fields are the remote object's methods and attributes. To know which of them a name
--- is, a proxy that is not connected connects when the name is looked up. So protect the whole
--- call: pcall(function() return proxy:method(1) end). In pcall(proxy.method, proxy, 1) the name is
--- looked up before pcall runs. Once it is connected, as by proxy:_pyroBind(), either will do.
---
--- Where the object has methods for Python's operators, Lua's call them: `#proxy` is
--- `proxy:__len__()`, `proxy[2]` is `proxy:__getitem__(2)`, `proxy[2] = 1` is
--- `proxy:__setitem__(2, 1)`, or, with nil, `proxy:__delitem__(2)`. (pyro.null sets an item to
--- None.) A string is such a key, too, where it is no member's name, and does not start with `__`
--- or `_pyro`. `for item in pairs(proxy) do` goes through what `for item in proxy:` does in Python.
---@class pyro.Proxy
---@field _pyroUri pyro.URI
---@field _pyroConnection boolean whether it is connected
---@field _pyroTimeout number seconds a call may take; 0 for any time. Config COMMTIMEOUT.
---@field _pyroMaxRetries integer how often a call is repeated whose connection broke or whose time
---was over, while its method may have run: set it only where repeating does no harm. MAX_RETRIES.
---@field _pyroSerializer string|nil its own; nil for config SERIALIZER
---@field _pyroProtocol integer|nil 48 or 502: chosen, or found out; nil before that
---@field _pyroHandshake any what the server's handshake validation gets; "hello"
---@field _pyroValidateHandshake fun(proxy: pyro.Proxy, response: any)|nil gets what the server
---answers to that, on each connection; an error that it raises closes the connection
---@field _pyroMethods string[] names, from the metadata
---@field _pyroOneway string[] likewise; can be set where there is no metadata
---@field _pyroAttrs string[] likewise
local methods = core.proxy_methods

local RETRY_PAUSE = 2 -- seconds

local COMMUNICATION = {}
for name in ([[CommunicationError ConnectionClosedError TimeoutError ProtocolError
  MessageTooLargeError]]):gmatch "%S+" do
  COMMUNICATION[name] = true
end

local function is_error(err, classes)
  return getmetatable(err) == core.Error and classes[err.class]
end

--- Connects anew, and goes on trying until that succeeds.
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
  error(core.newerror("ConnectionClosedError", "failed to reconnect"))
end

local ENDS = { IndexError = true, StopIteration = true }

--- The items at 0, 1, 2, … that a remote object has.
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
  validateHandshake = "_pyroValidateHandshake",
}

local set_field = core.proxy_type.__newindex

---@class pyro.ProxyOptions
---@field protocol? integer 48 (Pyro4) or 502 (Pyro5); by default what the server speaks
---@field serializer? string serpent, json, marshal or msgpack
---@field timeout? number in seconds, of a call
---@field retries? integer of a call whose connection broke or whose time was over: repeating it
---must do no harm
---@field handshake? any data for the server's handshake validation
---@field validateHandshake? fun(proxy: pyro.Proxy, response: any)
---@field connected_socket? integer the descriptor of a connected socket, taken over by the proxy:
---`uri` is the object's id then, and there is no handshake, so the protocol cannot be found out

--- A proxy calls the remote object that a URI names. It connects when it is first used. Of another
--- proxy it is a copy: with its settings, and a connection of its own.
---@param uri string|pyro.URI|pyro.Proxy `PYRO:id@host:port`, `PYRONAME:name` or `PYROMETA:tag,tag`
---@param options? pyro.ProxyOptions
---@return pyro.Proxy
return function(uri, options)
  options = usage.options(options, "connected_socket handshake protocol retries serializer timeout "
    .. "validateHandshake")
  local proxy = usage.call(core.proxy, uri, options.connected_socket)
  for option, field in pairs(FIELDS) do
    if options[option] ~= nil then
      usage.call(set_field, proxy, field, options[option])
    end
  end
  return proxy
end
