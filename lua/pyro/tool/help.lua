--- help() of the interactive mode: what there is to know of a value.
local core = require "pyro.core"
local description = require "pyro.tool.description"
local pyro = require "pyro"

local INTRODUCTION = [[
Type an expression to see its value, or statements to run them.
  _             the last value
  all           shows what was cut from the last values
  help(value)   says what a value is for: the module pyro, what is in it, a daemon,
                a remote object; or by name: help "daemon:register"
  Tab           completes names, those of remote objects included
  Up, Down      browse the history
  control-c     interrupts what runs or waits, or cancels the line
  exit          leaves, like control-d
The module is the global pyro; pyro.config shows the settings. Daemons and tasks keep running while
you type. The manual: man pyrolua.]]

--- Where functions of the API are found, and what the reference has before their names.
local PLACES = {
  { before = "pyro.", functions = pyro },
  { before = "pyro.", functions = require("pyro.errors").constructors },
  { before = "pyro.Daemon.", functions = pyro.Daemon },
  { before = "pyro.ndarray.", functions = pyro.ndarray },
  { before = "config.", functions = pyro.config },
  { before = "log.", functions = pyro.log },
  { before = "daemon:", functions = core.daemon_methods },
  { before = "future:", functions = core.future_methods },
  { before = "proxy:", functions = core.proxy_methods },
}

--- Returns the name that the reference has for a function, or a table that is called like one.
local function name_of(value)
  for _, place in ipairs(PLACES) do
    for name, known in next, place.functions do
      if rawequal(known, value) then
        return place.before .. name
      end
    end
  end
end

--- Values whose classes have another name, or none.
local CLASSES = {
  [pyro] = "pyro",
  [pyro.config] = "pyro.Config",
  [pyro.current_context] = "pyro.Context",
  [pyro.log] = "pyro.Log",
}

--- Returns the name of a value's class.
local function class_of(value)
  local metatable = getmetatable(value)
  return CLASSES[value] or type(metatable) == "table" and rawget(metatable, "__name") or nil
end

--- Describes what the reference calls that, with or without the module's name.
local function on_topic(topic)
  local manual = require "pyro.tool.manual"
  for _, name in ipairs { topic, "pyro." .. topic } do
    local text = manual.of_function(name) or manual.of_class(name)
    if text then
      return text
    end
  end
  return ("The reference does not have '%s'; help(pyro) lists what there is."):format(
    core.printable(topic))
end

local function on_proxy(proxy)
  proxy:_pyroBind()
  return description.text(description.of(proxy))
end

--- Describes what remote callers would see of a table; nil if that is nothing.
local function on_table(object)
  local seen = description.of_table(object)
  if #seen.methods > 0 or #seen.attributes > 0 then
    return "A table. If a daemon serves it, callers see:\n" .. description.members(seen)
  end
end

--- Describes what the reference calls that, or a function that makes errors.
local function on_name(name, value)
  return require "pyro.tool.manual".of_function(name)
    or type(value) == "function" and name
      .. "(...)\nMakes an error object of this class, to be raised by error()."
end

--- Describes objects of a class of the API, or else the function that makes such.
local function on_class(name)
  local manual = require "pyro.tool.manual"
  return manual.of_class(name) or manual.of_function(name)
end

local function on_value(value)
  local class = class_of(value)
  local name = not CLASSES[value] and name_of(value)
  if class == "pyro.Proxy" then
    return on_proxy(value)
  end
  return name and on_name(name, value) or class and on_class(class)
    or type(value) == "table" and on_table(value)
    or ("There is no help for this value (%s). help() shows what you can do here."):format(
      type(value))
end

--- Prints help.
---@param ... any a value, or a name in the reference; nothing: how to use the interactive mode
return function(...)
  local value = ...
  if select("#", ...) == 0 then
    print(INTRODUCTION)
  elseif type(value) == "string" then
    print(on_topic(value))
  else
    print(on_value(value))
  end
end
