--- Tables that say what they travel as, where a plain table would not.
local core = require "pyro.core"

local types = {}

local function marked(name, t)
  if type(t) ~= "table" then
    error(("pyro.%s needs a table, got %s"):format(name, type(t)), 2)
  end
  return setmetatable(t, core.types[name])
end

--- What table.pack() returned is a sequence too: its nils become nulls.
local function with_nulls(t)
  local count = type(t) == "table" and math.tointeger(rawget(t, "n"))
  if count then
    for i = 1, count do
      if rawget(t, i) == nil then
        rawset(t, i, core.null)
      end
    end
    rawset(t, "n", nil)
  end
  return t
end

--- Marks a table as a dict: for empty ones, and those with integer keys. What Lua does to keys it
--- does to a dict's: a float that is whole becomes an integer (to Python, they are the same key). A
--- tuple as a key is a table, which is found by pairs(), not by another tuple of the same items.
---@generic T: table
---@param t T
---@return T
function types.dict(t)
  return marked("dict", t)
end

--- Marks a sequence, or what table.pack() returned, as a list.
---@generic T: table
---@param t T
---@return T
function types.list(t)
  return marked("list", with_nulls(t))
end

--- Marks a sequence, or what table.pack() returned, as a tuple.
---@generic T: table
---@param t T
---@return T
function types.tuple(t)
  return marked("tuple", with_nulls(t))
end

--- Marks a sequence as a set. In Lua it stays a sequence.
---@generic T: table
---@param t T
---@return T
function types.set(t)
  return marked("set", with_nulls(t))
end

--- Marks a sequence as a frozenset, which can be a key or an item of a set. Like a set, it stays a
--- sequence in Lua. Serpent sends it as a set; json and msgpack have neither.
---@generic T: table
---@param t T
---@return T
function types.frozenset(t)
  return marked("frozenset", with_nulls(t))
end

--- Marks a table, the last argument of a call, as the call's named arguments.
---@param t table<string, any>
---@return table<string, any>
function types.kwargs(t)
  return marked("kwargs", t)
end

return types
