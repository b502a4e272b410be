--- The parameters of a request: those of the query, of a form, or of a body in JSON. Forms are read
--- as Python's parse_qs() does, which Pyro's gateways use: what has no value is left out, and a
--- name that comes again has a list.
local core = require "pyro.core"
local errors = require "pyro.errors"

local parameters = {}

---@class pyro.gateway.Parameters
---@field named table<string, any>
---@field list any[] those without a name
---@field kept boolean whether the types of the result are to be told, as the body is JSON
---@field key? string the gateway's key

local function malformed(why)
  error(errors.constructors.ValueError(why), 0)
end

--- Decodes a part of a URL.
---@param text string
---@return string
function parameters.unescape(text)
  return (text:gsub("%%(%x%x)", function(digits)
    return string.char(tonumber(digits, 16))
  end))
end

--- Decodes a part of a form.
local function decode(text)
  return parameters.unescape((text:gsub("%+", " ")))
end

--- Adds a parameter, to those of its name if there are any.
local function add(named, name, value)
  local there = named[name]
  if value == "" then
    return
  elseif not utf8.len(name) or not utf8.len(value) then
    malformed "parameters must be UTF-8"
  elseif there == nil then
    named[name] = value
  elseif type(there) == "table" then
    there[#there + 1] = value
  else
    named[name] = { there, value }
  end
end

local function add_query(named, query)
  for name, value in next, query do
    if type(value) == "string" then
      add(named, name, value)
    else
      for _, each in ipairs(value) do
        add(named, name, each)
      end
    end
  end
end

local function add_form(named, body)
  for pair in body:gmatch "[^&]+" do
    local name, value = pair:match "^(.-)=(.*)$"
    if name then
      add(named, decode(name), decode(value))
    end
  end
end

--- Adds what is in a body: an object has named ones, a list has others.
local function add_json(found, body)
  local ok, value = pcall(core.parse_json, body)
  if not ok then
    malformed(value.message)
  elseif getmetatable(value) == core.types.dict then
    for name, each in next, value do
      found.named[name] = each
    end
  elseif type(value) == "table" and not getmetatable(value) then
    found.list = value
  else
    malformed "the body must be an object or a list"
  end
end

--- Reads the parameters of a request.
---@param request table as core.serve_http() has it
---@return pyro.gateway.Parameters|nil parameters nil: the body has another type
function parameters.read(request)
  local found = { named = {}, list = {}, kept = false }
  add_query(found.named, request.query)
  if request.method ~= "POST" or request.body == "" then
    return found
  end
  local kind = (request.headers["content-type"] or ""):match "^%s*([^;%s]*)":lower()
  if kind == "application/x-www-form-urlencoded" then
    add_form(found.named, request.body)
  elseif kind == "application/json" then
    found.kept = true
    add_json(found, request.body)
  else
    return nil
  end
  return found
end

return parameters
