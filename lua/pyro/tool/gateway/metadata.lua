--- What objects have: names of their members, and, of pyrolua's, texts about them and names of
--- parameters. It is remembered for a while.
local core = require "pyro.core"

local metadata = {}

local DAEMON = "Pyro.Daemon"
local LIFE = 5 -- seconds that what was found out is taken for true
local PATIENCE = 3 -- seconds for an object that is asked
local AT_ONCE = 8 -- objects that are asked at the same time
local MOST = 1000 -- objects that are remembered
local MOST_MEMBERS = 1000 -- methods of an object, and attributes
local LONGEST = 4096 -- bytes of a text

--- What is remembered.
---@class pyro.gateway.Known
---@field count integer
---@field entries table<string, {value?: pyro.gateway.Metadata, until_: number}>

---@class pyro.gateway.Metadata
---@field methods string[] sorted
---@field oneway table<string, true>
---@field attributes string[] sorted
---@field docs table<string, string> texts by name; "" is the name of the object itself
---@field parameters table<string, string[]> names by method; "..." stands for any more

local function sorted(names)
  table.sort(names)
  return table.move(names, 1, math.min(#names, MOST_MEMBERS), 1, {})
end

local function set_of(names)
  local set = {}
  for _, name in ipairs(names) do
    set[name] = true
  end
  return set
end

local function is_text(value)
  return type(value) == "string" and #value <= LONGEST and utf8.len(value) ~= nil
end

--- Returns the strings, by name, in what a server told.
local function texts(told)
  local found = {}
  for name, text in next, type(told) == "table" and told or {} do
    found[name] = is_text(name) and is_text(text) and text or nil
  end
  return found
end

--- Returns a list of strings that a server told; nil for anything else.
local function strings(list)
  for _, item in ipairs(type(list) == "table" and list or {}) do
    if not is_text(item) then
      return nil
    end
  end
  return type(list) == "table" and list or nil
end

--- Returns the lists of strings, by name, in what a server told.
local function lists(told)
  local found = {}
  for name, list in next, type(told) == "table" and told or {} do
    found[name] = is_text(name) and strings(list) or nil
  end
  return found
end

--- Asks an object. Texts and parameters are told by the daemons of pyrolua only.
local function ask(proxy)
  local answered, told = pcall(core.invoke, proxy, DAEMON, "get_metadata", false,
    proxy._pyroUri.object, true)
  told = answered and type(told) == "table" and told or {}
  return {
    methods = sorted(proxy._pyroMethods),
    oneway = set_of(proxy._pyroOneway),
    attributes = sorted(proxy._pyroAttrs),
    docs = texts(told.docs),
    parameters = lists(told.parameters),
  }
end

--- Finds out what a named object has; nil if it does not answer.
local function find(gateway, name)
  local proxy <close> = require "pyro.proxy"((gateway.names:lookup(name)), { timeout = PATIENCE })
  proxy:_pyroBind()
  return ask(proxy)
end

local function remember(known, name, value)
  if known.count == MOST then
    known.entries, known.count = {}, 0
  end
  known.count = known.count + (known.entries[name] and 0 or 1)
  known.entries[name] = { value = value, until_ = core.time() + LIFE }
  return known.entries[name]
end

--- Returns what a named object has; nil if it does not answer.
---@param gateway pyro.Gateway
---@param name string
---@return pyro.gateway.Metadata|nil
function metadata.of(gateway, name)
  local entry = gateway.known.entries[name]
  if not entry or core.time() > entry.until_ then
    local ok, found = pcall(find, gateway, name)
    entry = remember(gateway.known, name, ok and found or nil)
  end
  return entry.value
end

--- Returns what named objects have, by name. Some are asked at the same time.
---@param gateway pyro.Gateway
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
