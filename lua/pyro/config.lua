--- pyro.config: Pyro's settings as fields. Unknown settings and wrong values are errors. At the
--- start they are read from `PYROLUA_…` and `PYRO_…` environment variables; if both are set,
--- `PYROLUA_…` wins. docs/settings.md lists them.
local core = require "pyro.core"
local repr = require "pyro.repr"
local usage = require "pyro.usage"

---@class pyro.Config
local config = {}
local metatable = {}

--- Returns a setting's list in a form that can only be read, because changing it would not change
--- the setting.
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

--- Sets a list, such as SERIALIZERS_ACCEPTED, from a list, a set, or a string with commas.
function metatable:__index(name)
  local value = usage.call(core.get_setting, name)
  return type(value) == "table" and read_only(name, value) or value
end

function metatable:__newindex(name, value)
  usage.call(core.set_setting, name, value)
end

function metatable:__tostring()
  return config.dump()
end

--- Iterates over all settings by name.
function metatable:__pairs()
  local names = core.setting_names()
  local i = 0
  return function()
    i = i + 1
    if names[i] then
      return names[i], config[names[i]]
    end
  end
end

--- Resets all settings to their defaults and to the environment.
---@param useEnvironment? boolean false: to their defaults only
function config.reset(useEnvironment)
  core.reset_settings(useEnvironment ~= false)
end

--- Copies all current settings into a plain table.
---@return table<string, boolean|number|string|string[]>
function config.copy()
  local items = {}
  for name, value in pairs(config) do
    items[name] = value
  end
  return items
end

--- Returns where this module is, which may be built into the program.
local function place()
  local folder = debug.getinfo(1, "S").source:match "^@(.*)/config%.lua$"
  return folder == "pyro" and "the program itself" or folder
end

--- Formats the value of a setting for people. A secret that is set is not shown.
local function show(name, value)
  if value and value ~= "" and core.is_secret(name) then
    return "(a secret)"
  end
  return type(value) == "table" and tostring(value) or type(value) == "string" and value
    or repr(value)
end

--- Formats all settings for people, one a line, as Pyro does, after the version.
---@return string
function config.dump()
  local lines = {}
  for name, value in pairs(config) do
    lines[#lines + 1] = name .. " = " .. show(name, value)
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
