--- Options of a gateway, of the command line and of pyro.gateway.start(): the values that they may
--- have. Functions here return a value as the gateway takes it, or nil and what it has to be, as
--- argparse wants.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"

local options = {}

local UNSPECIFIED = { ["0.0.0.0"] = true, ["::"] = true }

local USUAL_PORTS = { http = ":80", https = ":443" }

--- Reads an origin of pages, as browsers write it: without the usual port of its scheme.
---@param text string
---@return string|nil, string|nil
function options.origin(text)
  local origin = text:lower()
  if origin == "*" or origin == "null" then
    return origin
  elseif origin:find "^%a[%w+.-]*://[^%s%c/?#@\x80-\xff]+$" then
    local scheme, port = origin:match "^(.-):.-(:?%d*)$"
    return port == USUAL_PORTS[scheme] and origin:sub(1, -#port - 1) or origin
  end
  return nil, ("an origin is a scheme, a host and perhaps a port, such as https://example.org, "
    .. "not '%s'"):format(text)
end

--- Reads a name of the gateway.
---@param text string
---@return string|nil, string|nil
function options.name(text)
  local name = (text:match "^%[(.*)%]$" or text:match "^(.-)%.?$"):lower()
  if UNSPECIFIED[name] then
    return nil, ("'%s' is an address to listen on, which -H says, not a name of the gateway")
      :format(text)
  elseif name:find "^[^%s%c/:?#@%[%]]+$" or name:find "^[%x.]*:[%x.]*:[%x.:]*$" then
    return name
  end
  return nil, ("a name of the gateway is a host without a port, such as gw.example.org, not '%s'")
    :format(text)
end

--- Makes the function of an expression that names of exposed objects match; "" stands for all.
---@param text string
---@return string|nil, string|nil
function options.expression(text)
  local ok, err = pcall(core.new_regex, text)
  if ok then
    return text
  end
  return nil, err.message
end

local function text(value)
  if type(value) == "string" then
    return value
  end
  return nil, "it must be a string, got " .. type(value)
end

--- Makes a function that reads strings.
local function read_text(read)
  return function(value)
    local found, why = text(value)
    if found then
      return read(found)
    end
    return nil, why
  end
end

--- Makes a function that reads lists.
local function read_list(read)
  return function(list)
    if type(list) ~= "table" then
      return nil, "it must be a list, got " .. type(list)
    end
    local found = {}
    for i, value in ipairs(list) do
      local why
      found[i], why = read(value)
      if not found[i] then
        return nil, why
      end
    end
    return found
  end
end

local READERS = {
  host = text,
  port = cli.port,
  expose = read_text(options.expression),
  key = text,
  keys = text,
  allow = text,
  timeout = cli.seconds,
  cors = read_list(read_text(options.origin)),
  hosts = read_list(read_text(options.name)),
  max_connections = cli.count,
  max_client_connections = cli.count,
}

--- Names of the options of a program, separated by spaces.
options.NAMES = table.concat(require "pyro.sorted"(READERS), " ")

--- Reads the options of a program. Raises an error without a position.
---@param given pyro.GatewayOptions
---@return pyro.GatewayOptions
function options.read(given)
  local found = {}
  for name, value in pairs(given) do
    local why
    found[name], why = READERS[name](value)
    if found[name] == nil then
      error(("option '%s': %s"):format(name, why), 0)
    end
  end
  return found
end

return options
