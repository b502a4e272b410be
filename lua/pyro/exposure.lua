--- What of an object its remote callers see: the functions found on it and on its classes, but for
--- names that start with an underscore; fewer where pyro.expose() says so.
local core = require "pyro.core"

local exposure = {}

---@class pyro.Marks
---@field methods? table<string, true>
---@field oneway table<string, true>
---@field attributes table<string, true>

---@type table<table, pyro.Marks>
local marks = setmetatable({}, { __mode = "k" })

local function marks_of(class)
  if type(class) ~= "table" then
    error("a class or object (a table) expected, got " .. type(class), 3)
  end
  marks[class] = marks[class] or { oneway = {}, attributes = {} }
  return marks[class]
end

local function add_names(set, names)
  for _, name in ipairs(names) do
    if type(name) ~= "string" then
      error("a name must be a string, got " .. type(name), 3)
    elseif name:sub(1, 1) == "_" then
      error("exposing private names (starting with _) is not allowed: " .. name, 3)
    end
    set[name] = true
  end
end

--- Narrows what is remotely callable of a class or object to the named methods.
---@param class table
---@param names string[]
---@return table class
function exposure.expose(class, names)
  local mark = marks_of(class)
  mark.methods = mark.methods or {}
  add_names(mark.methods, names)
  return class
end

--- Marks methods that send no answer: their callers do not wait.
---@param class table
---@param ... string
---@return table class
function exposure.oneway(class, ...)
  add_names(marks_of(class).oneway, { ... })
  return class
end

--- Marks plain fields that remote callers may read and write.
---@param class table
---@param ... string
---@return table class
function exposure.attributes(class, ...)
  add_names(marks_of(class).attributes, { ... })
  return class
end

--- The object, then its classes: iterates over the tables in which its fields are looked up.
local function lineage(object)
  local seen = {}
  return function(_, current)
    local found
    if current == nil then
      found = object
    else
      local metatable = getmetatable(current)
      found = type(metatable) == "table" and rawget(metatable, "__index")
    end
    if type(found) == "table" and not seen[found] then
      seen[found] = true
      return found
    end
  end
end

--- The names that pyro.expose() allowed, or nil where it was not used on the object or a class.
local function allowed(object)
  local names
  for class in lineage(object) do
    local mark = marks[class]
    if mark and mark.methods then
      names = names or {}
      for name in pairs(mark.methods) do
        names[name] = true
      end
    end
  end
  return names
end

local function is_public(name)
  return type(name) == "string" and name:sub(1, 1) ~= "_"
end

--- Whether a method of that name may be called.
---@param object table
---@param name string
---@return boolean
function exposure.exposed(object, name)
  if not is_public(name) then
    return false
  elseif next(marks) == nil then
    return not core.config_get "REQUIRE_EXPOSE"
  end
  local names = allowed(object)
  if names then
    return names[name] == true
  end
  return not core.config_get "REQUIRE_EXPOSE"
end

local function sorted(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

--- The object's metadata.
---@param object table
---@return string[] methods
---@return string[] oneway
---@return string[] attributes
function exposure.describe(object)
  local names = allowed(object)
  local require_expose = core.config_get "REQUIRE_EXPOSE"
  local methods, oneway, attributes, hidden = {}, {}, {}, {}
  for class in lineage(object) do
    for name, value in next, class do
      if is_public(name) and not hidden[name] then
        hidden[name] = true -- what a base class has under that name is not seen
        if type(value) == "function" then
          methods[name] = names and names[name] or not names and not require_expose or nil
        end
      end
    end
    for name in pairs(marks[class] and marks[class].attributes or {}) do
      attributes[name] = true
    end
  end
  for class in lineage(object) do
    for name in pairs(marks[class] and marks[class].oneway or {}) do
      oneway[name] = methods[name]
    end
  end
  return sorted(methods), sorted(oneway), sorted(attributes)
end

return exposure
