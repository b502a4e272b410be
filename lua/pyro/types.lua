--- Marked tables, which say what they travel as, where a plain table would travel as something
--- else.
local core = require "pyro.core"

local types = {}

local function marked(name, t)
  if type(t) ~= "table" then
    error(("pyro.%s needs a table, got %s"):format(name, type(t)), 2)
  end
  return setmetatable(t, core.types[name])
end

--- Returns a sequence. What table.pack() returned is one too: its nils become nulls.
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

--- Marks a table as a dict. Use it for empty dicts, and for those with integer keys. Keys follow
--- Lua's rules: a float that is whole becomes an integer (in Python, the two are the same key),
--- and a tuple is a table, which only pairs() finds.
---@generic T: table
---@param t T
---@return T
function types.dict(t)
  return marked("dict", t)
end

--- Marks a sequence as a list. Accepts what table.pack() returns, too.
---@generic T: table
---@param t T
---@return T
function types.list(t)
  return marked("list", with_nulls(t))
end

--- Marks a sequence as a tuple. Accepts what table.pack() returns, too.
---@generic T: table
---@param t T
---@return T
function types.tuple(t)
  return marked("tuple", with_nulls(t))
end

--- Marks a sequence as a set. In Lua it remains a sequence.
---@generic T: table
---@param t T
---@return T
function types.set(t)
  return marked("set", with_nulls(t))
end

--- Marks a sequence as a frozenset, which can be a key, or an item of a set. In Lua it remains a
--- sequence. Serpent sends it as a set; json and msgpack cannot send it.
---@generic T: table
---@param t T
---@return T
function types.frozenset(t)
  return marked("frozenset", with_nulls(t))
end

--- Marks a table as the named arguments of a call. Pass it as the last argument.
---@param t table<string, any>
---@return table<string, any>
function types.kwargs(t)
  return marked("kwargs", t)
end

return types
