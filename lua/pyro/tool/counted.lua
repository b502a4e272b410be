--- Reads what servers say they have counted (docs/statistics.md). What they may say is limited.
local core = require "pyro.core"
local stats = require "pyro.tool.stats"
local texts = require "pyro.tool.texts"

local counted = {}

local METHODS = 2000 -- of a server; those of pyrolua tell half as many
local CLASSES = 100 -- of errors; they tell 65
local BUCKETS = 200 -- they have 118
local HIGHEST = 1 << 53 -- count; JavaScript rounds higher ones
local LONGEST = 1e9 -- seconds

--- Counts of some calls.
---@class pyro.Counted
---@field calls integer
---@field in_flight integer now
---@field errors table<string, integer> by class
---@field buckets table<number, integer> calls by the upper bound of their times

--- Returns a count, if it is one.
---@param value any
---@return integer
function counted.count(value)
  return math.type(value) == "integer" and value >= 0 and value <= HIGHEST and value
    or stats.malformed()
end

--- Returns a time in seconds, if it is one.
---@param value any
---@return number
function counted.seconds(value)
  return type(value) == "number" and value >= 0 and value <= LONGEST and value or stats.malformed()
end

--- Adds counts to sums by the same keys.
---@generic K
---@param sums table<K, integer>
---@param counts table<K, integer>
function counted.add(sums, counts)
  for key, count in pairs(counts) do
    sums[key] = math.min((sums[key] or 0) + count, HIGHEST)
  end
end

--- Goes through a table of at most so many values with names.
local function each(value, most)
  for name in pairs(type(value) == "table" and value or stats.malformed()) do
    most = texts.is(name) and most > 0 and most - 1 or stats.malformed()
  end
  return pairs(value)
end

local function read_errors(told)
  local errors = setmetatable({}, core.types.dict)
  for class, count in each(told, CLASSES) do
    errors[class] = counted.count(count)
  end
  return errors
end

local function read_buckets(told)
  local buckets = {}
  for _, pair in ipairs(type(told) == "table" and #told <= BUCKETS and told or stats.malformed()) do
    local bound = counted.seconds(type(pair) == "table" and pair[1])
    buckets[bound] = counted.count(pair[2])
  end
  return buckets
end

--- Reads the counts of some calls.
---@param told any
---@return pyro.Counted
function counted.calls(told)
  return {
    calls = counted.count(stats.expect_dict(told).calls),
    in_flight = counted.count(told.in_flight),
    errors = read_errors(told.errors),
    buckets = read_buckets(told.buckets),
  }
end

--- Goes through the methods of a server, and what it says of each.
---@param told table<string, any>
---@return fun(): string, any
function counted.methods(told)
  return each(told.methods, METHODS)
end

return counted
