--- Who may use the gateway, and what: pages of others may not, nor who lacks a key; rules say more.
local core = require "pyro.core"

local access = {}

local NAME_SERVER = "Pyro.NameServer"
local LONGEST = 1000 -- bytes of a name that is compared with rules
local DOT = ("."):byte()

--- Returns the host in a header `Host`, in small letters, without a port, and without the dot that
--- may end a name.
local function host_of(header)
  local host = (header:match "^([^:]*):?%d*$" or header:match "^%[(.*)%]:?%d*$" or header):lower()
  return host:byte(-1) == DOT and host:sub(1, -2) or host
end

local LOOPBACK = { ["127.0.0.1"] = true, ["::1"] = true }

--- Returns whether the client asked for this gateway. A page of another site may make its own name
--- lead here (DNS rebinding): the name tells.
---@param gateway pyro.gateway.Gateway
---@param request table
function access.is_asked(gateway, request)
  local header = request.headers.host
  local host = header and host_of(header)
  local address = request.address:match "^::ffff:(.*)" or request.address
  return not host or host == address or gateway.hosts[host]
    or host == "localhost" and LOOPBACK[address] or false
end

--- Returns the Origin of a request if pages of that may use the gateway, as -c says.
---@param gateway pyro.gateway.Gateway
---@param request table
---@return string|nil
function access.allowed_origin(gateway, request)
  local origin = request.headers.origin
  return origin and (gateway.origins["*"] and "*" or gateway.origins[origin] and origin) or nil
end

local FOREIGN = "pages of this origin may not use the gateway"
local UNMARKED = "over HTTP, browsers do not say which page asks: use HTTPS, or a key"

--- Returns the origin of the gateway's own pages.
local function own_origin(gateway, headers)
  return gateway.scheme .. "://" .. (headers.host or "")
end

--- Returns whether a browser keeps to itself from which page a request comes: they mark only
--- requests by HTTPS, and those to their own machine. Pages of the gateway itself say it (Referer).
local function is_unmarked(gateway, headers)
  local agent = headers["user-agent"] or ""
  if headers["sec-fetch-site"] or headers.origin or not agent:find "^Mozilla/" then
    return false
  end
  local page, own = headers.referer or "", own_origin(gateway, headers) .. "/"
  return page:sub(1, #own) ~= own
end

--- Returns why a request may not be answered, as it may come from a page of somebody else. Such a
--- page has no key.
---@param gateway pyro.gateway.Gateway
---@param request table
---@return string|nil
function access.objection(gateway, request)
  local headers = request.headers
  local origin, site = headers.origin, headers["sec-fetch-site"]
  if access.allowed_origin(gateway, request) then
    return nil
  elseif origin and origin ~= own_origin(gateway, headers)
    or site == "cross-site" or site == "same-site" then
    return FOREIGN
  end
  return not gateway.keys and is_unmarked(gateway, headers) and UNMARKED or nil
end

--- Who makes a request.
---@class pyro.gateway.Client
---@field address string
---@field user? string whose key it has

--- Returns who makes a request; nothing if the gateway needs a key, and that is none. Takes the key
--- out of the parameters.
---@param gateway pyro.gateway.Gateway
---@param request table
---@param parameters pyro.gateway.Parameters
---@return pyro.gateway.Client? client
---@return string? why there is none
function access.client(gateway, request, parameters)
  local header, parameter = request.headers["x-pyro-gateway-key"], parameters.named["$key"]
  local key = header and header ~= "" and header or parameter
  if not gateway.keys then
    return { address = request.peer }
  end
  parameters.named["$key"] = nil
  local user = type(key) == "string" and gateway.keys:user_of(key)
  if user then
    return { address = request.peer, user = user }
  end
  return nil, key and "the key is wrong" or "there is no key"
end

--- Returns whether the rules allow a client to use a member of a named object; without a member,
--- whether it may use any. A rule of the name server may say which name a call has to be about.
---@param gateway pyro.gateway.Gateway
---@param client pyro.gateway.Client
---@param object string
---@param member? string
---@param parameters? pyro.gateway.Parameters
---@return boolean allowed
---@return integer? line of the rule that decides
function access.allows(gateway, client, object, member, parameters)
  if not gateway.rules then
    return true
  elseif #object > LONGEST or #(member or "") > LONGEST then
    return false
  end
  local name = parameters and (parameters.named.name or parameters.list[1])
  return gateway.rules:decide {
    object = object,
    method = member,
    address = client.address,
    user = client.user,
    name = object == NAME_SERVER and type(name) == "string" and #name <= LONGEST and name or nil,
  }
end

--- Returns the members in a list that a client may use.
---@param gateway pyro.gateway.Gateway
---@param client pyro.gateway.Client
---@param object string
---@param members string[]
---@return string[]
function access.usable(gateway, client, object, members)
  local found = setmetatable({}, core.types.list)
  for _, member in ipairs(members) do
    found[#found + 1] = access.allows(gateway, client, object, member) and member or nil
  end
  return found
end

return access
