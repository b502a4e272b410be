--- pyro.config: Pyro's config items as fields. Reading or setting one that does not exist is an
--- error, and so is a value that does not fit. `PYROLUA_…` and `PYRO_…` environment variables set
--- them at start; where both of an item are set, the former wins. docs/settings.md lists them all.
local core = require "pyro.core"
local repr = require "pyro.repr"
local usage = require "pyro.usage"

---@class pyro.Config
local config = {}
local metatable = {}

--- A list that a setting has, as a list to read: what would be added to it was not set.
local function read_only(name, list)
  return setmetatable({}, {
    __index = list,
    __len = function()
      return #list
    end,
    __pairs = function()
      return pairs(list)
    end,
    __tostring = function()
      return table.concat(list, ", ")
    end,
    __newindex = function()
      error(("to change the setting %s, assign a new list to it"):format(name), 2)
    end,
  })
end

--- Lists, such as SERIALIZERS_ACCEPTED, are taken as lists, as sets, and as strings with commas;
--- they are read as lists that cannot be changed.
function metatable:__index(name)
  local value = usage.call(core.config_get, name)
  return type(value) == "table" and read_only(name, value) or value
end

function metatable:__newindex(name, value)
  usage.call(core.config_set, name, value)
end

function metatable:__tostring()
  return config.dump()
end

--- Iterates over all items by name.
function metatable:__pairs()
  local names = core.config_names()
  local i = 0
  return function()
    i = i + 1
    if names[i] then
      return names[i], config[names[i]]
    end
  end
end

--- Sets all items to their defaults, and to what the environment says.
---@param useEnvironment? boolean false: the defaults alone
function config.reset(useEnvironment)
  core.config_reset(useEnvironment ~= false)
end

--- A plain table of what all items are now.
---@return table<string, boolean|number|string|string[]>
function config.copy()
  local items = {}
  for name, value in pairs(config) do
    items[name] = value
  end
  return items
end

--- Where this module is, which may have been linked into the program.
local function place()
  local folder = debug.getinfo(1, "S").source:match "^@(.*)/config%.lua$"
  return folder == "pyro" and "the program itself" or folder
end

--- All settings in Pyro's form, for people: how it prints them, a line each, after what this is.
---@return string
function config.dump()
  local lines = {}
  for name, value in pairs(config) do
    lines[#lines + 1] = name .. " = " .. (type(value) == "table" and tostring(value)
      or type(value) == "string" and value or repr(value))
  end
  return table.concat({
    "Pyro version: pyrolua " .. core.version,
    "Loaded from: " .. place(),
    "Lua version: " .. _VERSION,
    "Protocol versions: 48 and 502",
    "Currently active configuration settings:",
    table.concat(lines, "\n"),
  }, "\n")
end

return setmetatable(config, metatable)
