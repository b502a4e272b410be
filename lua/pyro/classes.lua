--- Your own classes: objects of a registered class travel as dicts that name it, in both
--- directions, as with Pyro's register_class_to_dict() and register_dict_to_class().
local core = require "pyro.core"
local errors = require "pyro.errors"

local classes = {}

---@class pyro.RegisteredClass
---@field name string
---@field class table
---@field toDict fun(object: any): table
---@field fromDict? fun(dict: table, name: string): any

---@type table<table, pyro.RegisteredClass>, table<string, pyro.RegisteredClass>
local by_class, by_name = {}, {}

local DEEPEST = 500 -- what is nested deeper is refused when it is written

---@return pyro.RegisteredClass|nil
local function class_of(value)
  return by_class[debug.getmetatable(value)]
end

local function copy_of(t)
  local copy = {}
  for key, value in next, t do
    copy[key] = value
  end
  return copy
end

local function cannot_convert(name, place, why)
  error(core.new_error("SerializeError", ("%s: toDict of '%s' failed: %s"):format(place, name,
    tostring(why))), 0)
end

--- State of a conversion.
---@class pyro.Conversion
---@field place string destination of the value, for errors
---@field seen table<any, any> results, by object and table

local convert

--- Converts an object to a dict. Converts the fields in place, because the dict belongs to this
--- conversion.
local function convert_object(object, class, state, depth)
  local ok, fields = pcall(class.toDict, object)
  if not ok then
    cannot_convert(class.name, state.place, fields)
  elseif type(fields) ~= "table" then
    cannot_convert(class.name, state.place, "it returned no table, but " .. type(fields))
  end
  local dict = setmetatable(copy_of(fields), core.types.object)
  dict.__class__ = class.name
  state.seen[object] = dict
  for key, value in next, dict do
    dict[key] = convert(value, state, depth)
  end
  return dict
end

--- Returns the table itself, or a copy if something in it was converted.
local function convert_table(t, state, depth)
  local result = t
  state.seen[t] = t
  for key, value in next, t do
    local converted = convert(value, state, depth)
    if not rawequal(converted, value) then
      if rawequal(result, t) then
        result = setmetatable(copy_of(t), debug.getmetatable(t))
        state.seen[t] = result
      end
      rawset(result, key, converted)
    end
  end
  return result
end

function convert(value, state, depth)
  if type(value) ~= "table" and type(value) ~= "userdata" or depth > DEEPEST then
    return value
  elseif state.seen[value] ~= nil then
    return state.seen[value]
  elseif core.is_served(value) then
    return value
  end
  local class = class_of(value)
  if class then
    return convert_object(value, class, state, depth + 1)
  end
  return type(value) == "table" and convert_table(value, state, depth + 1) or value
end

--- Returns what travels in place of a value. A hook of the core.
---@param value any
---@param place string destination of the value, for errors
function classes.outward(value, place)
  return convert(value, { place = place, seen = {} }, 1)
end

--- Makes an exception of a registered class: an error object or, if the class has methods, an
--- object of the class with the fields of one. It prints as an error object unless the class has a
--- __tostring.
local function exception(name, class, dict)
  local err = errors.received(dict)
  err.class = name
  if rawget(class, "__index") == nil and rawget(class, "__tostring") == nil then
    return err
  end
  local object = copy_of(err.attributes)
  for _, field in ipairs { "class", "message", "args", "attributes", "remoteTraceback" } do
    object[field] = err[field]
  end
  if rawget(class, "__tostring") == nil then
    class.__tostring = core.error_type.__tostring
  end
  return setmetatable(object, class)
end

--- Makes an object of a dict that names its class. A hook of the core.
---@param name string
---@param dict table
---@param raised boolean whether it arrived as an exception
---@return boolean known whether the class is registered
---@return any object
function classes.inward(name, dict, raised)
  local class = by_name[name]
  if not class then
    return false
  elseif not class.fromDict and (raised or dict.__exception__) then
    return true, exception(name, class.class, dict)
  end
  dict.__class__ = nil
  if class.fromDict then
    return true, class.fromDict(dict, name)
  end
  return true, setmetatable(dict, class.class)
end

local function update_core()
  core.set_registered(next(by_name) and by_name or nil)
end

local function check(name, class, to_dict, from_dict)
  if type(name) ~= "string" or name == "" or not utf8.len(name) then
    error("pyro.registerClass needs the class's name, got " .. type(name), 3)
  elseif type(class) ~= "table" then
    error("pyro.registerClass needs a class (a metatable), got " .. type(class), 3)
  end
  for _, converter in pairs { to_dict, from_dict } do
    if type(converter) ~= "function" then
      error("pyro.registerClass needs functions to convert, got " .. type(converter), 3)
    end
  end
end

--- Returns the name that pickles have for a class of that name, if it has no module: Python's main
--- program has it.
local function pickled_name(name)
  return "__main__." .. name
end

--- Registers a class: values whose metatable is `class` travel as dicts of the class `name`, and
--- such dicts arrive as objects of it.
---@param name string name of the class in messages: "shop.Item"
---@param class table the metatable of its objects
---@param toDict? fun(object: any): table returns the fields to send; by default those of the
---  object. It runs before anything is sent, and may wait
---@param fromDict? fun(dict: table, name: string): any makes the object when it is received; by
---  default the dict becomes one or, if it is raised, an error object
function classes.register(name, class, toDict, fromDict)
  toDict = toDict or copy_of
  check(name, class, toDict, fromDict)
  local entry = { name = name, class = class, toDict = toDict, fromDict = fromDict }
  classes.unregister(name)
  by_class[class], by_name[name] = entry, entry
  if not name:find(".", 1, true) and not by_name[pickled_name(name)] then
    by_name[pickled_name(name)] = copy_of(entry)
  end
  update_core()
end

--- Removes a registered class. Does nothing for an unknown name.
---@param name string
function classes.unregister(name)
  local entry = by_name[name]
  if entry and by_class[entry.class] == entry then
    by_class[entry.class] = nil
  end
  local pickled = by_name[pickled_name(name)]
  if pickled and pickled.name == name then
    by_name[pickled_name(name)] = nil
  end
  by_name[name] = nil
  update_core()
end

--- Returns whether a value is an object of a registered class.
---@param value any
---@return boolean
function classes.has(value)
  return class_of(value) ~= nil
end

return classes
