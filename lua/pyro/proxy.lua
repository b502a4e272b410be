--- pyro.Proxy(uri, options): the Lua side of proxies.
local check_options = require "pyro.options"
local core = require "pyro.core"

--- Its other fields are the remote object's methods and attributes. To know which of them a name
--- is, a proxy that is not connected connects when the name is looked up. So protect the whole
--- call: pcall(function() return proxy:method(1) end). In pcall(proxy.method, proxy, 1) the name is
--- looked up before pcall runs. Once it is connected, as by proxy:_pyroBind(), either will do.
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

--- Connects anew, and goes on trying until that succeeds.
---@param tries? integer how often at most
function methods:_pyroReconnect(tries)
  tries = tries or math.huge
  self:_pyroRelease()
  while tries > 0 do
    local ok, err = pcall(core.connect, self)
    if ok then
      return
    elseif getmetatable(err) ~= core.Error or not COMMUNICATION[err.class] then
      error(err)
    end
    tries = tries - 1
    if tries > 0 then
      core.sleep(RETRY_PAUSE)
    end
  end
  error(core.newerror("ConnectionClosedError", "failed to reconnect"))
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
  options = check_options(options, "connected_socket handshake protocol retries serializer timeout "
    .. "validateHandshake")
  local proxy = core.proxy(uri, options.connected_socket)
  for option, field in pairs(FIELDS) do
    if options[option] ~= nil then
      proxy[field] = options[option]
    end
  end
  return proxy
end
