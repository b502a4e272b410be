--- Errors of use, which blame the line of the program that used pyro wrongly, not a line of
--- pyro's. These functions are called by a function that the program called, and that function
--- must not return their results directly: `return f()` is a tail call, after which Lua no longer
--- knows who called f; `return (f())` is not.
local usage = {}

local BLAMED = 3 -- for the functions here: the caller of their caller

--- Returns the value as that type, or nil if it has another. A string that is a number will do for
--- a number, as in Lua's own functions.
local function as(value, kind)
  if kind == "integer" then
    return math.tointeger(value)
  end
  if kind == "number" then
    return tonumber(value)
  end
  return type(value) == kind and value or nil
end

--- Raises an error of use unless a value has one of the types.
---@param what string name of the value: "the host"
---@param value any
---@param types string separated by bars: "integer|nil"
---@return any value as the type that it has
function usage.check(what, value, types)
  for kind in types:gmatch "[^|]+" do
    local wanted = as(value, kind)
    if wanted ~= nil or type(value) == kind then
      return wanted
    end
  end
  local wanted = types:gsub("|", " or ")
  error(("%s must be %s, got %s"):format(what, wanted, type(value)), BLAMED)
end

local function passed(ok, ...)
  if ok then
    return ...
  end
  local err = ...
  if type(err) == "string" then -- what C calls its function is no name that the program knows
    err = err:gsub("^bad argument #%d+ to '[^']*' %((.*)%)$", "%1")
  end
  error(err, BLAMED)
end

--- Calls a function of the core that does not wait. Its errors are errors of use.
---@param f function
---@param ... any its arguments
---@return any ... its results
function usage.call(f, ...)
  return passed(pcall(f, ...))
end

--- Checks the names in a table of options, so that a misspelt one does not go unnoticed.
---@param options? table
---@param known string names, separated by spaces
---@return table options
function usage.options(options, known)
  if options ~= nil and type(options) ~= "table" then
    error("options must be a table, got " .. type(options), BLAMED)
  end
  for name in pairs(options or {}) do
    if not (" " .. known .. " "):find(" " .. tostring(name) .. " ", 1, true) then
      error(("unknown option '%s' (known: %s)"):format(tostring(name), known), BLAMED)
    end
  end
  return options or {}
end

return usage
