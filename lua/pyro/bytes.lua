--- Bytes as values of their own: a string that is valid UTF-8 would travel as text. With the
--- setting BYTES = "bytes", all bytes that arrive are such.
local core = require "pyro.core"

--- Works where strings do as far as Lua allows: `#`, `..`, `<`, `tostring()`, the methods of
--- strings, "%s" of string.format(). What these return are plain strings. Only `==` and functions
--- of libraries that ask for a string (io.write, table.concat, string.sub) need tostring(); as a
--- key, it is found by pairs().
---@class pyro.bytes: string
---@field [1] string

local bytes = core.types.bytes
local methods = {}
bytes.__index = methods

--- The string of bytes, any other value as it is.
local function plain(value)
  return getmetatable(value) == bytes and value[1] or value
end

--- What a function of `string` returned. Its own errors are those of the method's caller.
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

--- The strings to compare.
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

--- Bytes, where a string that is valid UTF-8 would travel as text.
---@param s string|pyro.bytes
---@return pyro.bytes
return function(s)
  local data = plain(s)
  if type(data) ~= "string" then
    error("pyro.bytes needs a string, got " .. type(s), 2)
  end
  return setmetatable({ data }, bytes)
end
