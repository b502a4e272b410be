--- Tables that say what they travel as, where a plain table would not.
local core = require "pyro.core"

local types = {}

local function constructor(name)
  local metatable = core.types[name]
  return function(t)
    if type(t) ~= "table" then
      error(("pyro.%s needs a table, got %s"):format(name, type(t)), 2)
    end
    return setmetatable(t, metatable)
  end
end

--- Marks a table as a dict: for empty ones, and those with integer keys.
---@type fun(t: table): table
types.dict = constructor "dict"
--- Marks a table as a list.
---@type fun(t: table): table
types.list = constructor "list"
--- Marks a sequence as a tuple.
---@type fun(t: table): table
types.tuple = constructor "tuple"
--- Marks a sequence as a set.
---@type fun(t: table): table
types.set = constructor "set"
--- Marks a table, the last argument of a call, as the call's named arguments.
---@type fun(t: table<string, any>): table
types.kwargs = constructor "kwargs"

--- Bytes, where a string that is valid UTF-8 would travel as text.
---@param s string
---@return table
function types.bytes(s)
  if type(s) ~= "string" then
    error("pyro.bytes needs a string, got " .. type(s), 2)
  end
  return setmetatable({ s }, core.types.bytes)
end

function core.types.bytes:__tostring()
  return self[1]
end

function core.types.bigint:__tostring()
  return self.digits
end

function core.types.complex:__tostring()
  return ("(%g%+gj)"):format(self.real, self.imaginary)
end

function core.types.datetime:__tostring()
  return os.date("%Y-%m-%d %H:%M:%S", math.floor(self.seconds))
end

function core.types.date:__tostring()
  local unix_epoch = 719163 -- the ordinal of 1970-01-01
  return os.date("!%Y-%m-%d", (self.ordinal - unix_epoch) * 86400)
end

return types
