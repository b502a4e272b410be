--- Random values, and what becomes of them on the way through a serializer, for tests of properties.
local pyro = require "pyro"

local values = {}

--- Types that a serializer of Python's keeps when a value is sent to it and comes back.
---@class spec.Carried
---@field tuple boolean tuples stay tuples; else they are lists
---@field set boolean sets stay sets
---@field empty_set? boolean empty ones too; else they are empty tuples
---@field keys boolean dicts may have keys of any type; else texts only
---@field bytes boolean
---@field complex boolean|"plain" complex numbers of any parts; or without zeros, infinities and NaN
---@field dates boolean dates and datetimes

---@type table<string, spec.Carried>
values.carried = {
  msgpack = { tuple = false, set = false, keys = false, bytes = true, complex = true, dates = true },
  serpent = { tuple = true, set = true, empty_set = false, keys = true, bytes = true, complex = "plain",
    dates = false },
  pickle = { tuple = true, set = true, empty_set = true, keys = true, bytes = true, complex = true, dates = true },
  marshal = { tuple = true, set = true, empty_set = true, keys = true, bytes = true, complex = true, dates = false },
  json = { tuple = false, set = false, keys = false, bytes = false, complex = false, dates = false },
}

local function pick(list)
  return list[math.random(#list)]
end

local INTEGERS = { 0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, 65536, 2 ^ 31 | 0, -(2 ^ 31 | 0), 2 ^ 32 | 0,
  2 ^ 53 | 0, math.maxinteger, math.mininteger }
local FLOATS = { 0.0, -0.0, 1.0, 0.1, 1e16, 1e-5, 5e-324, 1.7976931348623157e308, math.huge, -math.huge, 0 / 0 }
local CHARACTERS = { { 0, 0x7f }, { 0x80, 0x7ff }, { 0x800, 0xd7ff }, { 0xe000, 0xffff }, { 0x10000, 0x10ffff } }

local function integer()
  return math.random() < 0.5 and pick(INTEGERS) or math.random(0) >> math.random(0, 63)
end

--- Any double: half of them strange.
local function float()
  return math.random() < 0.5 and pick(FLOATS) or (string.unpack("d", string.pack("j", math.random(0))))
end

local function text()
  local characters = {}
  for i = 1, math.random(0, 12) do
    local range = pick(CHARACTERS)
    characters[i] = utf8.char(math.random(range[1], range[2]))
  end
  return table.concat(characters)
end

local function bytes()
  local list = {}
  for i = 1, math.random(0, 300) do
    list[i] = string.char(math.random(0, 255))
  end
  return table.concat(list) .. "\xff" -- else it might be text
end

local function bigint()
  local digits = { pick { "", "-" }, math.random(1, 9) }
  for _ = 1, math.random(19, 60) do
    digits[#digits + 1] = math.random(0, 9)
  end
  return pyro.bigint(table.concat(digits))
end

local function date()
  if math.random() < 0.5 then
    return pyro.date(math.random(1, 3652059))
  end
  return pyro.datetime(math.random(0, 2 ^ 32 | 0) + math.random(0, 999999) / 1e6)
end

local function complex()
  return pyro.complex(float(), float())
end

local function plain_complex()
  return pyro.complex(math.random() - 0.5, math.random() * 1e20)
end

local function scalar(carried)
  local makers = { integer, integer, float, text, text, bigint, function()
    return pick { true, false, pyro.null }
  end }
  makers[#makers + 1] = carried.bytes and bytes or nil
  makers[#makers + 1] = carried.complex and (carried.complex == "plain" and plain_complex or complex) or nil
  makers[#makers + 1] = carried.dates and date or nil
  return pick(makers)()
end

local function key(carried)
  if not carried.keys or math.random() < 0.5 then
    return text()
  end
  return pick { integer, text, function()
    return math.random(1000) + 0.5
  end, function()
    return pyro.tuple { math.random(0), text() }
  end }()
end

local function items(carried, depth)
  local list = {}
  for i = 1, math.random(0, 5) do
    list[i] = values.random(carried, depth + 1)
  end
  return list
end

--- Of different texts, so that Python's set has as many.
local function set()
  local list, seen = {}, {}
  for _ = 1, math.random(0, 5) do
    local item = text()
    list[#list + 1] = not seen[item] and item or nil
    seen[item] = true
  end
  return pyro.set(list)
end

local function dict(carried, depth)
  local t = {}
  for _ = 1, math.random(0, 5) do
    t[key(carried)] = values.random(carried, depth + 1)
  end
  return pyro.dict(t)
end

--- A value, nested some levels; one in a hundred so deep that it is a test of its own.
---@param carried spec.Carried
---@param depth? integer of what it is in
function values.random(carried, depth)
  depth = depth or 0
  if depth == 0 and math.random(100) == 1 then
    local deep = scalar(carried)
    for _ = 1, 100 do
      deep = pick { { deep }, pyro.tuple { deep }, { [text()] = deep } }
    end
    return deep
  elseif depth > 4 or math.random() < 0.4 then
    return scalar(carried)
  end
  local kind = math.random(5)
  if kind == 1 then
    return pyro.tuple(items(carried, depth))
  elseif kind == 2 then
    return set()
  elseif kind < 5 then
    return dict(carried, depth)
  end
  return items(carried, depth)
end

local function sorted(t)
  table.sort(t)
  return t
end

--- Returns what is to come back of a value that was sent.
---@param value any
---@param carried spec.Carried
function values.expected(value, carried)
  local kind = getmetatable(value)
  if type(value) ~= "table" or kind and getmetatable(pyro.dict {}) ~= kind
    and getmetatable(pyro.tuple {}) ~= kind and getmetatable(pyro.set {}) ~= kind then
    return value
  end
  local result = {}
  for k, v in next, value do
    result[k] = values.expected(v, carried)
  end
  if kind == getmetatable(pyro.tuple {}) then
    return carried.tuple and pyro.tuple(result) or result
  elseif kind == getmetatable(pyro.set {}) then
    if carried.set and #result == 0 and not carried.empty_set then
      return pyro.tuple {}
    end
    return carried.set and pyro.set(sorted(result)) or result
  end
  return setmetatable(result, kind)
end

return values
