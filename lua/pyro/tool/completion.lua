--- Completes a name: globals, fields of tables, the methods and attributes of remote objects, which
--- it asks their servers for, and URIs by name. Runs nothing else.
local core = require "pyro.core"
local inquire = require "pyro.tool.inquiry"
local proxy_of = require "pyro.proxy"
local registered = require "pyro.tool.registered"

local config = require "pyro.config"
local error_classes = require("pyro.errors").constructors

local CHAIN = 10 -- classes that are looked at

local function is_proxy(value)
  local metatable = type(value) == "userdata" and getmetatable(value)
  return metatable and metatable.__name == "pyro.Proxy"
end

--- The fields of userdata whose class looks them up in C, by the name of the class.
local FIELDS = {
  ["pyro.Daemon"] = "locationStr natLocationStr address closed validateHandshake clientDisconnect "
    .. "annotations housekeeping",
  ["pyro.Future"] = "value ready",
  ["pyro.URI"] = "asString protocol object host port sockname location",
  ["pyro.Connection"] = "address closed tracked_resources",
  ["pyro.current_context"] = "client client_sock_addr seq msg_flags serializer_id annotations "
    .. "response_annotations correlation_id traceparent",
}

--- The methods of such userdata.
local METHODS = {
  ["pyro.Daemon"] = core.daemon_methods,
  ["pyro.Future"] = core.future_methods,
}

--- Returns the table in which missing fields of a value are looked up.
local function class_of(value)
  local metatable = getmetatable(value)
  local class = type(metatable) == "table" and rawget(metatable, "__index")
  return type(class) == "table" and class or nil
end

--- Returns the tables with fields of a value: itself, if it is a table, and its classes.
local function tables_of(value)
  local list, class = {}, type(value) == "table" and value or class_of(value)
  while class and #list < CHAIN do
    list[#list + 1] = class
    class = class_of(class)
  end
  return list
end

--- Returns a global, which may be loaded when it is first used.
local function field(value, name)
  if value == _G then
    return _G[name]
  end
  for _, class in ipairs(tables_of(value)) do
    local found = rawget(class, name)
    if found ~= nil then
      return found
    end
  end
end

--- Returns the current value of "shop.stock", or nil.
local function resolve(path)
  local value = _G
  for name in path:gmatch "[^.]+" do
    value = field(value, name)
  end
  return value
end

--- Asks the server for names, with a copy of the proxy, so that completion does not connect it.
local function ask(proxy)
  local copy <close> = proxy_of(proxy, { retries = 0 })
  copy:_pyroBind()
  return { methods = copy._pyroMethods, attributes = copy._pyroAttrs }
end

--- Returns what the server told or tells; nil if it does not answer soon.
local function members(proxy)
  local methods, attributes = proxy._pyroMethods, proxy._pyroAttrs
  if #methods > 0 or #attributes > 0 then
    return { methods = methods, attributes = attributes }
  end
  return inquire(proxy, ask, proxy)
end

local function proxy_names(proxy, separator)
  local names, told = {}, members(proxy) or { methods = {}, attributes = {} }
  for _, name in ipairs(separator == ":" and told.methods or told.attributes) do
    names[name] = true
  end
  for name in pairs(separator == ":" and core.proxy_methods or {}) do
    names[name] = true
  end
  return names
end

--- Returns the names of a value whose fields are in no table of its class.
local function built_in_names(value, separator, names)
  local metatable = getmetatable(value)
  metatable = type(metatable) == "table" and metatable or {}
  local class = rawget(metatable, "__name")
  for name in pairs(METHODS[class] or rawget(metatable, "__methods") or {}) do
    names[name] = true
  end
  for name in (separator ~= ":" and FIELDS[class] or ""):gmatch "%S+" do
    names[name] = true
  end
  if value == config and separator ~= ":" then
    for name in pairs(config) do
      names[name] = true
    end
  end
end

--- Filters names: after a colon, only methods. The many classes of errors in `pyro` appear once
--- something was typed.
local function names_of(value, separator, prefix)
  if is_proxy(value) then
    return proxy_names(value, separator)
  end
  local names = {}
  for _, class in ipairs(tables_of(value)) do
    for name, member in next, class do
      local fits = separator ~= ":" or type(member) == "function"
      if fits and (class ~= error_classes or prefix ~= "") then
        names[name] = true
      end
    end
  end
  built_in_names(value, separator, names)
  return names
end

--- Splits "print(shop.sto" into "print(", "shop", "." and "sto". For a global, the second and
--- third are "". Returns nil if something other than a name comes before.
local function split(text)
  local prefix = text:match "[%w_]*$"
  local rest = text:sub(1, #text - #prefix)
  local separator = rest:match "[.:]$" or ""
  local path = separator ~= "" and rest:sub(1, -2):match "[%a_][%w_.]*$" or ""
  local lead = rest:sub(1, #rest - #path - #separator)
  if separator ~= "" and path == "" or lead:find "[%w_.:%])\"']$" then
    return nil
  end
  return lead, path, separator, prefix
end

--- Returns what a word can become, of which the name at its end is completed.
local function complete_name(word)
  local lead, path, separator, prefix = split(word)
  local found = {}
  if not lead then
    return found
  end
  local names = names_of(resolve(path), separator, prefix)
  if path == "" then
    names.pyro = true
  end
  for name in pairs(names) do
    if type(name) == "string" and name:find "^[%a_][%w_]*$" and name:sub(1, #prefix) == prefix
      and (prefix ~= "" or name:sub(1, 1) ~= "_") then
      found[#found + 1] = lead .. path .. separator .. name
    end
  end
  table.sort(found)
  return found
end

--- Returns what a word can become, of which the URI is completed that an open string consists of.
--- Leaves out URIs that need escapes there.
local function complete_uri(word, before)
  local uri = (before .. word):match "[\"'](P[^\"']*)$"
  local found = {}
  for _, whole in ipairs(uri and registered.uris(uri) or {}) do
    if core.printable(whole, true) == whole and not whole:find "[\"'\\]" then
      found[#found + 1] = whole:sub(#uri - #word + 1)
    end
  end
  return found
end

--- Returns all completions of a word.
---@param word string
---@param before string the line before the word
---@return string[] sorted
return function(word, before)
  local uris = complete_uri(word, before)
  return #uris > 0 and uris or complete_name(word)
end
