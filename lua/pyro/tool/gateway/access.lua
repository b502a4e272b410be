--- Who may use the gateway: pages of others may not, nor whoever lacks its key.
local core = require "pyro.core"

local access = {}

--- Returns the host in a header `Host`, in small letters, without a port.
local function host_of(header)
  local host = header:gsub(":%d*$", ""):lower()
  return host:match "^%[(.*)%]$" or host
end

local LOOPBACK = { ["127.0.0.1"] = true, ["::1"] = true }

--- Returns whether the client asked for this gateway. A page of another site may make its own name
--- lead here (DNS rebinding): the name tells.
---@param gateway pyro.Gateway
---@param request table
function access.is_asked(gateway, request)
  local header, address = request.headers.host, request.address:gsub("^::ffff:", "")
  local host = header and host_of(header)
  return not host or host == address or gateway.hosts[host]
    or host == "localhost" and LOOPBACK[address] or false
end

--- Returns the Origin of a request if pages of that may use the gateway, as -c says.
---@param gateway pyro.Gateway
---@param request table
---@return string|nil
function access.allowed_origin(gateway, request)
  local origin = request.headers.origin
  return origin and (gateway.origins["*"] and "*" or gateway.origins[origin] and origin) or nil
end

--- Returns whether a request comes from a page of somebody else.
---@param gateway pyro.Gateway
---@param request table
function access.is_foreign(gateway, request)
  local origin, site = request.headers.origin, request.headers["sec-fetch-site"]
  if access.allowed_origin(gateway, request) then
    return false
  elseif origin and origin ~= gateway.scheme .. "://" .. (request.headers.host or "") then
    return true
  end
  return site == "cross-site" or site == "same-site"
end

--- Returns whether a request has the gateway's key, if there is one. Takes that out of the
--- parameters.
---@param gateway pyro.Gateway
---@param request table
---@param parameters pyro.gateway.Parameters
function access.has_key(gateway, request, parameters)
  local header, parameter = request.headers["x-pyro-gateway-key"], parameters.named["$key"]
  local key = header and header ~= "" and header or parameter
  if not gateway.key then
    return true
  end
  parameters.named["$key"] = nil
  return type(key) == "string" and core.same_secret(key, gateway.key)
end

return access
