--- The parts of objects: names of their members, and, of pyrolua's, texts about them and names of
--- parameters. It is remembered for a while.
local core = require "pyro.core"
local texts = require "pyro.tool.texts"

local metadata = {}

local DAEMON = "Pyro.Daemon"
local LIFE = 5 -- seconds that what was found out is taken for true
local PATIENCE = 3 -- seconds for an object that is asked
local AT_ONCE = 8 -- objects that are asked at the same time
local MOST = 1000 -- objects that are remembered
local MOST_MEMBERS = 1000 -- methods of an object, and attributes
local MOST_PARAMETERS = 100 -- of a method
local LARGEST = 512 * 1024 -- bytes of parameters and texts of an object

--- An object, as it is remembered.
---@class pyro.gateway.KnownObject
---@field uri? string
---@field value? pyro.gateway.Metadata
---@field failure? any why there is no value
---@field until_ number

---@class pyro.gateway.Known
---@field count integer
---@field entries table<string, pyro.gateway.KnownObject> by name

---@class pyro.gateway.Metadata
---@field methods string[] sorted
---@field oneway table<string, true>
---@field attributes string[] sorted
---@field docs table<string, string> texts by name; "" is the name of the object itself
---@field parameters table<string, string[]> names by method; "..." stands for any more

--- Returns the first names that are texts, sorted.
local function sorted(names)
  local found = {}
  table.sort(names)
  for _, name in ipairs(names) do
    found[#found + 1] = #found < MOST_MEMBERS and texts.is(name, texts.SHORT) and name or nil
  end
  return found
end

--- Returns the set of the methods that are among names.
local function among(methods, names)
  local set, found = {}, {}
  for _, name in ipairs(names) do
    set[name] = true
  end
  for _, method in ipairs(methods) do
    found[method] = set[method]
  end
  return found
end

--- Returns what a server told of members by their names, as far as it can be read.
local function by_name(told, members, read)
  local found = {}
  for _, name in ipairs(type(told) == "table" and members or {}) do
    found[name] = read(rawget(told, name))
  end
  return found
end

--- Makes a function that returns a text, or nil for anything else, and once they are too much
--- together.
local function text_reader(most)
  return function(value)
    if texts.is(value) and #value <= most then
      most = most - #value
      return value
    end
  end
end

--- Returns a list of texts; nil for anything else.
local function list_of_texts(list, read)
  if type(list) ~= "table" or getmetatable(list) or #list > MOST_PARAMETERS then
    return nil
  end
  local found = setmetatable({}, core.types.list)
  for i, item in ipairs(list) do
    found[i] = read(item)
  end
  return #found == #list and found or nil
end

--- Asks an object. Texts and parameters are told by the daemons of pyrolua only.
local function ask(proxy)
  local answered, told = pcall(core.invoke, proxy, DAEMON, "get_metadata", false,
    proxy._pyroUri.object, true, true)
  told = answered and type(told) == "table" and told or {}
  local methods, attributes = sorted(proxy._pyroMethods), sorted(proxy._pyroAttrs)
  local members = table.move(attributes, 1, #attributes, #methods + 2,
    table.move(methods, 1, #methods, 2, { "" }))
  local read = text_reader(LARGEST)
  local parameters = by_name(told.parameters, methods, function(list)
    return list_of_texts(list, read)
  end)
  return {
    methods = methods,
    oneway = among(methods, proxy._pyroOneway),
    attributes = attributes,
    docs = by_name(told.docs, members, read),
    parameters = parameters,
  }
end

--- Finds out what the object at a place has; raises what hinders that.
local function find(uri)
  local proxy <close> = require "pyro.proxy"(uri, { timeout = PATIENCE })
  proxy:_pyroBind()
  return ask(proxy)
end

--- Finds out what a named object has, or what hinders that.
---@return pyro.gateway.KnownObject
local function seek(gateway, name)
  local entry = {}
  local ok, found = pcall(function()
    entry.uri = gateway.names:lookup(name)
    return find(entry.uri)
  end)
  entry[ok and "value" or "failure"] = found
  entry.until_ = core.time() + LIFE
  return entry
end

local function remember(known, name, entry)
  if known.count == MOST then
    known.entries, known.count = {}, 0
  end
  known.count = known.count + (known.entries[name] and 0 or 1)
  known.entries[name] = entry
  return entry
end

--- Returns what a named object has; nil and why, if that is not known.
---@param gateway pyro.gateway.Gateway
---@param name string
---@param uri? string where it is, if that is known: what was found elsewhere is not true any more
---@return pyro.gateway.Metadata|nil
---@return any failure
function metadata.of(gateway, name, uri)
  local entry = gateway.known.entries[name]
  if not entry or core.time() > entry.until_ or uri and uri ~= entry.uri then
    entry = remember(gateway.known, name, seek(gateway, name))
  end
  return entry.value, entry.failure
end

--- Returns what named objects have, by name. Some are asked at the same time.
---@param gateway pyro.gateway.Gateway
---@param names string[]
---@return table<string, pyro.gateway.Metadata>
function metadata.of_all(gateway, names)
  local found, next_name, askers = {}, 0, {}
  for i = 1, math.min(AT_ONCE, #names) do
    askers[i] = core.spawn(function()
      while next_name < #names do
        next_name = next_name + 1
        local name = names[next_name]
        found[name] = metadata.of(gateway, name)
      end
    end)
  end
  for _, asker in ipairs(askers) do
    core.join(asker)
  end
  return found
end

return metadata
