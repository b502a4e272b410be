--- Bytes as a type of its own, because a string that is valid UTF-8 travels as str. With the
--- setting BYTES = "bytes", all received bytes are such values.
local core = require "pyro.core"

--- Bytes, which work where strings do as far as Lua allows: `#`, `..`, `<`, `tostring()`, string
--- methods, and "%s" of string.format(). The results are plain strings. `==` and library functions
--- that require a string (io.write, table.concat, string.sub) need tostring(). As a key, bytes are
--- found only by pairs().
---@class pyro.bytes: string
---@field [1] string

local bytes = core.types.bytes
local methods = {}
bytes.__index = methods

--- Returns the string of bytes, and any other value unchanged.
local function plain(value)
  return getmetatable(value) == bytes and value[1] or value
end

--- Returns the results of a `string` function. Its errors blame the caller of the method.
local function results(ok, ...)
  if ok then
    return ...
  end
  local err = ...
  error(err, type(err) == "string" and err:find "^bad argument" and 2 or 0)
end

for name, f in pairs(string) do
  methods[name] = function(...)
    local arguments = table.pack(...)
    for i = 1, arguments.n do
      arguments[i] = plain(arguments[i])
    end
    return results(pcall(f, table.unpack(arguments, 1, arguments.n)))
  end
end

function bytes:__tostring()
  return self[1]
end

function bytes:__len()
  return #self[1]
end

function bytes.__eq(a, b)
  return getmetatable(a) == bytes and getmetatable(b) == bytes and a[1] == b[1]
end

function bytes.__concat(a, b)
  a, b = plain(a), plain(b)
  for _, value in ipairs { a, b } do
    if type(value) ~= "string" and type(value) ~= "number" then
      error(("attempt to concatenate a %s value"):format(type(value)), 2)
    end
  end
  return a .. b
end

--- Returns the strings to compare.
local function comparable(a, b)
  a, b = plain(a), plain(b)
  if type(a) ~= "string" or type(b) ~= "string" then
    error(("attempt to compare %s with %s"):format(type(a), type(b)), 3)
  end
  return a, b
end

function bytes.__lt(a, b)
  a, b = comparable(a, b)
  return a < b
end

function bytes.__le(a, b)
  a, b = comparable(a, b)
  return a <= b
end

--- Makes bytes. A string that is valid UTF-8 would travel as str.
---@param s string|pyro.bytes
---@return pyro.bytes
return function(s)
  local data = plain(s)
  if type(data) ~= "string" then
    error("pyro.bytes needs a string, got " .. type(s), 2)
  end
  return setmetatable({ data }, bytes)
end
