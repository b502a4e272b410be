--- Numbers that Lua lacks (pyro.bigint, pyro.complex), and how Python prints those that Lua has.
local core = require "pyro.core"

local numbers = {}

--- Formats a float as Python's repr() does: 1.5, 3.0, 1e+16, nan.
---@param x number
---@return string
function numbers.float(x)
  if x ~= x then
    return "nan"
  elseif x == math.huge or x == -math.huge then
    return x > 0 and "inf" or "-inf"
  end
  return core.format_real(x)
end

--- An integer of more than 64 bits: it compares, prints and travels, but does not calculate.
---@class pyro.bigint
---@field digits string decimal digits without leading zeros, after a "-" if negative

--- Makes a bigint, or an integer if the number fits into 64 bits.
---@param digits string|integer
---@return integer|pyro.bigint
function numbers.bigint(digits)
  if math.type(digits) == "integer" then
    return digits --[[@as integer]]
  end
  local sign, rest = tostring(digits):match "^([-+]?)0*(%d+)$"
  if not rest or type(digits) ~= "string" then
    error(core.new_error("ValueError", "pyro.bigint needs decimal digits"), 2)
  end
  local text = (sign == "-" and "-" or "") .. rest
  local number = tonumber(text)
  return math.type(number) == "integer" and number
    or setmetatable({ digits = text }, core.types.bigint)
end

local bigint = core.types.bigint

function bigint:__tostring()
  return self.digits
end

bigint.__repr = bigint.__tostring

function bigint.__eq(a, b)
  return getmetatable(a) == bigint and getmetatable(b) == bigint and a.digits == b.digits
end

local function is_negative(x)
  return x.digits:sub(1, 1) == "-"
end

--- Compares. Either operand may be a number; all integers are nearer to zero than a bigint.
function bigint.__lt(a, b)
  if math.type(a) == "integer" then
    return not is_negative(b)
  elseif math.type(b) == "integer" then
    return is_negative(a)
  elseif math.type(a) or math.type(b) then
    return tonumber(math.type(a) and a or a.digits) < tonumber(math.type(b) and b or b.digits)
  elseif is_negative(a) ~= is_negative(b) then
    return is_negative(a)
  elseif is_negative(a) then
    a, b = b, a
  end
  return #a.digits < #b.digits or #a.digits == #b.digits and a.digits < b.digits
end

function bigint.__le(a, b)
  return a == b or bigint.__lt(a, b)
end

--- A complex number of Python, which prints and travels, but does not calculate.
---@class pyro.complex
---@field real number
---@field imaginary number

--- Makes a complex number.
---@param real number
---@param imaginary number
---@return pyro.complex
function numbers.complex(real, imaginary)
  if type(real) ~= "number" or type(imaginary) ~= "number" then
    error("pyro.complex needs two numbers", 2)
  end
  return setmetatable({ real = real * 1.0, imaginary = imaginary * 1.0 }, core.types.complex)
end

local complex = core.types.complex

function complex:__tostring()
  local real = numbers.float(self.real):gsub("%.0$", "")
  local imaginary = numbers.float(self.imaginary):gsub("%.0$", "")
  if real == "0" then
    return imaginary .. "j"
  end
  local sign = imaginary:find "^-" and "" or "+"
  return ("(%s%s%sj)"):format(real, sign, imaginary)
end

complex.__repr = complex.__tostring

function complex.__eq(a, b)
  return getmetatable(a) == complex and getmetatable(b) == complex and a.real == b.real
    and a.imaginary == b.imaginary
end

return numbers
