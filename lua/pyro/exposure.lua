--- The members of an object that remote callers see: the functions found in it and in its classes,
--- without those whose names start with an underscore; pyro.expose() limits them further.
local core = require "pyro.core"
local sorted = require "pyro.sorted"
local usage = require "pyro.usage"

local exposure = {}

---@class pyro.Marks
---@field methods table<string, true> exposed methods
---@field narrowed? boolean only those are exposed
---@field all? boolean all its own methods are exposed
---@field parameters table<string, string[]> parameter names of methods
---@field oneway table<string, true>
---@field callbacks table<string, true>
---@field attributes table<string, true>
---@field behavior? pyro.Behavior

---@type table<table, pyro.Marks>
local marks = setmetatable({}, { __mode = "k" })

-- An error of use blames the caller of the function here that was used.
local BLAMED = 3

local function marks_of(class)
  if type(class) ~= "table" then
    error("a class or object (a table) expected, got " .. type(class), BLAMED)
  end
  marks[class] = marks[class]
    or { methods = {}, parameters = {}, oneway = {}, callbacks = {}, attributes = {} }
  return marks[class]
end

--- Checks that all names are ones that remote callers may reach.
local function check_names(names)
  if type(names) ~= "table" then
    error("a list of names expected, got " .. type(names), BLAMED)
  end
  for key, name in pairs(names) do
    if math.type(key) ~= "integer" then
      error("a list of names expected, got a table with the key " .. tostring(key), BLAMED)
    elseif type(name) ~= "string" then
      error("a name must be a string, got " .. type(name), BLAMED)
    elseif core.is_private(name) then
      error("exposing private names (starting with _) is not allowed: " .. name, BLAMED)
    end
  end
  return names
end

local function add_names(set, names)
  for _, name in ipairs(names) do
    set[name] = true
  end
end

--- Returns whether Python's operators call a method of this name, such as `__len__`.
local function is_special(name)
  return name:sub(1, 1) == "_"
end

local function is_any_plain(names)
  for _, name in ipairs(names) do
    if not is_special(name) then
      return true
    end
  end
  return false
end

--- Limits the remote methods of a class or object to the given names. Without names, limits them
--- to its own methods, without those of its base classes. Names such as `__len__` alone limit
--- nothing.
---@param class table
---@param names? string[]
---@return table class
function exposure.expose(class, names)
  local mark = marks_of(class)
  if names == nil then
    mark.all = true
  else
    add_names(mark.methods, check_names(names))
  end
  mark.narrowed = mark.narrowed or names == nil or is_any_plain(names)
  core.set_exposures(marks)
  return class
end

--- Marks methods that send no response: their callers do not wait.
---@param class table
---@param ... string
---@return table class
function exposure.oneway(class, ...)
  add_names(marks_of(class).oneway, check_names { ... })
  return class
end

--- Marks methods whose errors are also printed in this program, not only sent to their callers.
---@param class table
---@param ... string
---@return table class
function exposure.callback(class, ...)
  add_names(marks_of(class).callbacks, check_names { ... })
  return class
end

local MOST_PARAMETERS = 254 -- Lua's own limit, but for self

--- Declares the parameter names of a method, after self, so that remote callers can name
--- arguments. Lua knows these names for Lua functions, but not for `...`, for functions in C, or
--- without debug information.
---@param class table
---@param method string
---@param names string[]
---@return table class
function exposure.parameters(class, method, names)
  local mark = marks_of(class)
  check_names { method }
  if type(names) ~= "table" or #names > MOST_PARAMETERS then
    error(("the parameters of a method are a list of at most %d names"):format(MOST_PARAMETERS), 2)
  end
  local list, known = {}, {}
  for i, name in ipairs(names) do
    if type(name) ~= "string" then
      error("a name must be a string, got " .. type(name), 2)
    elseif known[name] then
      error(("two parameters have the name '%s'"):format(name), 2)
    end
    list[i], known[name] = name, true
  end
  mark.parameters[method] = list
  core.set_exposures(marks)
  return class
end

---@class pyro.Behavior
---@field instance_mode? "session"|"single"|"percall" one instance for each connection (the
---  default), for all, or for each call
---@field instance_creator? fun(class: table): table makes an instance. The default is
---  `class.new()` or, if there is no such function, an empty table with the class as its metatable

local MODES = { session = true, single = true, percall = true }

--- Declares that a table is a class: a daemon that it is registered with serves instances of it.
--- Its function `new` is no remote method then.
---@param class table
---@param behavior? pyro.Behavior
---@return table class
function exposure.behavior(class, behavior)
  behavior = usage.options(behavior, "instance_mode instance_creator")
  local mode, creator = behavior.instance_mode or "session", behavior.instance_creator
  if not MODES[mode] then
    error("invalid instance mode: " .. tostring(mode), 2)
  elseif creator ~= nil and type(creator) ~= "function" then
    error("instance_creator must be a function, got " .. type(creator), 2)
  end
  marks_of(class).behavior = { instance_mode = mode, instance_creator = creator }
  return class
end

--- Returns what pyro.behavior() declared for a class.
---@param class table
---@return pyro.Behavior|nil
function exposure.behavior_of(class)
  return marks[class] and marks[class].behavior
end

--- Marks plain fields that remote callers may read and set.
---@param class table
---@param ... string
---@return table class
function exposure.attributes(class, ...)
  add_names(marks_of(class).attributes, check_names { ... })
  return class
end

--- Returns the table in which missing fields of an object or class are looked up; if a function
--- does that, for computed fields, the metatable.
local function class_of(object)
  local metatable = getmetatable(object)
  local index = type(metatable) == "table" and rawget(metatable, "__index")
  return type(index) == "function" and metatable or index
end

--- Iterates over the tables in which fields of an object are looked up: the object, then its
--- classes.
---@param object table
function exposure.lineage(object)
  local seen = {}
  return function(_, current)
    local found = current == nil and object or current and class_of(current)
    if type(found) == "table" and not seen[found] then
      seen[found] = true
      return found
    end
  end
end

local function is_public(name)
  return type(name) == "string" and not core.is_private(name)
end

--- Returns the parameter names of a function, after self, as far as Lua knows them.
local function names_of(f)
  local info, names = debug.getinfo(f, "uS"), {}
  if info.what == "C" then
    return nil
  end
  for i = 2, info.nparams do
    names[#names + 1] = debug.getlocal(f, i)
  end
  if #names < info.nparams - 1 then -- there is no debug information
    return nil
  end
  names[#names + 1] = info.isvararg and "..." or nil
  return names
end

--- Returns the parameter names of the remote methods of an object, as far as they are known. "..."
--- stands for any more.
---@param object table
---@return table<string, string[]>
function exposure.parameters_of(object)
  local all = setmetatable({}, core.types.dict)
  for _, method in ipairs((exposure.describe(object))) do
    for class in exposure.lineage(object) do
      local f = rawget(class, method)
      local declared = marks[class] and marks[class].parameters[method]
      all[method] = all[method] or declared or type(f) == "function" and names_of(f) or nil
    end
  end
  return all
end

--- Returns whether a name is that of the function that makes instances, which is no remote method.
---@param object table
---@param name string
---@return boolean
function exposure.makes_instances(object, name)
  if name == "new" then
    for class in exposure.lineage(object) do
      if exposure.behavior_of(class) then
        return true
      end
    end
  end
  return false
end

--- Returns whether pyro.callback() marked a method of an object.
---@param object table
---@param name string
---@return boolean
function exposure.is_callback(object, name)
  for class in exposure.lineage(object) do
    if marks[class] and marks[class].callbacks[name] then
      return true
    end
  end
  return false
end

--- Returns the metadata of an object.
---@param object table
---@return string[] methods
---@return string[] oneway
---@return string[] attributes
function exposure.describe(object)
  local methods, oneway, attributes = {}, {}, {}
  local hidden = { new = exposure.makes_instances(object, "new") or nil }
  for class in exposure.lineage(object) do
    for name, value in next, class do
      if is_public(name) and not hidden[name] then
        hidden[name] = true -- what a base class has under that name is not seen
        if type(value) == "function" then
          methods[name] = core.is_exposed(object, name) or nil
        end
      end
    end
    for name in pairs(marks[class] and marks[class].attributes or {}) do
      attributes[name] = true
    end
  end
  for class in exposure.lineage(object) do
    for name in pairs(marks[class] and marks[class].oneway or {}) do
      oneway[name] = methods[name]
    end
  end
  return sorted(methods), sorted(oneway), sorted(attributes)
end

return exposure
