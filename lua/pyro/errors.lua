--- Error objects, and a constructor for each exception class of Python and Pyro.
local core = require "pyro.core"
local message_of = require "pyro.exceptions"

--- An error object. tostring() returns "ValueError: the message". A field of any other name is an
--- attribute, which travels with the error: `err.code = 7` is `err.code` in Python.
---@class pyro.Error
---@field class string the name of the class, without a module for classes of Python ("ValueError")
---  and Pyro ("TimeoutError"); else the full name ("shop.OutOfStock", "builtins.TimeoutError")
---@field message string what Python's str() returns for the exception, unless it was set
---@field args any[]
---@field attributes table<string, any>
---@field remoteTraceback? string[] lines of the traceback, if the error came from another program
---@field [string] any an attribute

local OWN = { class = true, message = true, args = true, attributes = true, remoteTraceback = true }

local pyro_own = [[
  PyroError CommunicationError ConnectionClosedError TimeoutError ProtocolError
  MessageTooLargeError NamingError DaemonError SecurityError SerializeError
]]

function core.error_type:__index(key)
  if key == "message" then
    return message_of(self)
  elseif key == "attributes" or key == "args" then
    local made = {}
    rawset(self, key, made)
    return made
  elseif not OWN[key] then
    local attributes = rawget(self, "attributes")
    return type(attributes) == "table" and attributes[key] or nil
  end
end

function core.error_type:__newindex(key, value)
  if OWN[key] then
    rawset(self, key, value)
  else
    self.attributes[key] = value
  end
end

--- Restores the class and arguments of an error that travelled as a RuntimeError, because Python
--- does not have its class.
local function restore_class(err, class)
  local first = err.args and err.args[1]
  if first == class then
    table.remove(err.args, 1)
  elseif type(first) == "string" and first:sub(1, #class + 2) == class .. ": " then
    err.args[1] = first:sub(#class + 3)
  end
  err.class = class
end

--- Adds the fields of a dict that a program's own converter made to the attributes.
local function add_fields(attributes, dict)
  for key, value in next, dict do
    if type(key) == "string" and not OWN[key] and not key:find "^__" then
      attributes[key] = value
    end
  end
end

local function take(t, key)
  local value = t[key]
  t[key] = nil
  return value
end

local LISTS = { [core.types.list] = true, [core.types.tuple] = true }
local DICTS = { [core.types.dict] = true }

--- Returns a table that has no metatable, or one of these; else nil. Any other, such as another
--- error or a registered class, would act by its metamethods.
local function plain(value, metatables)
  local metatable = type(value) == "table" and debug.getmetatable(value)
  return (metatable == nil or metatables[metatable]) and value or nil
end

--- Returns a list of strings; nil for any other value.
local function strings(value)
  for _, item in ipairs(plain(value, LISTS) or {}) do
    if type(item) ~= "string" then
      return nil
    end
  end
  return plain(value, LISTS)
end

--- Makes an error object from the dict of an exception, and uses the dict up. Pyro's dicts have
--- args and attributes; those of a program's own converter may have any fields.
---@param dict table with the name of the class as "__class__"
---@return pyro.Error
local function received(dict)
  local attributes, args = plain(dict.attributes, DICTS) or {}, plain(dict.args, LISTS)
  local name = type(dict.__class__) == "string" and dict.__class__ or "<unknown>"
  local err = { class = core.shorten_class(name), attributes = attributes }
  if args then
    err.args = debug.setmetatable(args, nil)
  end
  if not dict.__exception__ then
    add_fields(attributes, dict)
    err.message = type(dict.message) == "string" and dict.message or nil
  end
  local traceback, class = take(attributes, "_pyroTraceback"), take(attributes, "_pyroClass")
  err.remoteTraceback = strings(traceback)
  if type(class) == "string" then
    restore_class(err, class)
  end
  return setmetatable(err, core.error_type)
end

---@type table<string, fun(...): pyro.Error>
local constructors = {}
for name in (table.concat(core.builtin_classes, " ") .. pyro_own):gmatch "%S+" do
  constructors[name] = function(...)
    return core.new_error(name, ...)
  end
end

return { constructors = constructors, received = received }
