--- Counts of servers (docs/statistics.md), by object.
local core = require "pyro.core"
local stats = require "pyro.tool.stats"
local texts = require "pyro.tool.gateway.texts"

local tallies = {}

local METHODS = 2000 -- of a server; those of pyrolua tell half as many
local CLASSES = 100 -- of errors of a method; they tell 65
local BUCKETS = 200 -- of a method; they have 118
local HIGHEST = 1 << 53 -- count; JavaScript rounds higher ones
local LONGEST = 1e9 -- seconds of a call
local KINDS = 100 -- of errors of an object that are told at once

--- Counts of the calls of an object, or of a method.
---@class pyro.gateway.Tally
---@field calls integer
---@field in_flight integer now
---@field errors table<string, integer> by class
---@field buckets? [number, integer][] calls by the upper bound of their times; of an object
---@field methods? table<string, pyro.gateway.Tally> of an object
---@field p50? number seconds; of a method, as is the next
---@field p99? number

local function dict(value)
  return setmetatable(value, core.types.dict)
end

local function count(value)
  return math.type(value) == "integer" and value >= 0 and value <= HIGHEST and value
    or stats.malformed()
end

local function seconds(value)
  return type(value) == "number" and value >= 0 and value <= LONGEST and value or stats.malformed()
end

--- Adds up counts.
local function plus(a, b)
  return math.min(a + b, HIGHEST)
end

--- Goes through a table of at most so many values with names.
local function each(value, most)
  for name in pairs(type(value) == "table" and value or stats.malformed()) do
    most = texts.is(name) and most > 0 and most - 1 or stats.malformed()
  end
  return pairs(value)
end

local function read_errors(errors)
  local counts = dict {}
  for class, number in each(errors, CLASSES) do
    counts[class] = count(number)
  end
  return counts
end

---@return pyro.gateway.Tally
local function read_method(told)
  return dict {
    calls = count(told.calls),
    in_flight = count(told.in_flight),
    errors = read_errors(told.errors),
    p50 = seconds(told.p50),
    p99 = seconds(told.p99),
  }
end

local function add_buckets(sums, list)
  for i, pair in ipairs(type(list) == "table" and #list <= BUCKETS and list or stats.malformed()) do
    local bound = seconds(type(list[i]) == "table" and pair[1])
    sums[bound] = plus(sums[bound] or 0, count(pair[2]))
  end
end

--- Adds what was counted of a method to its object.
local function add(object, name, method)
  object.methods[name] = method
  object.calls = plus(object.calls, method.calls)
  object.in_flight = plus(object.in_flight, method.in_flight)
  for class, number in pairs(method.errors) do
    object.errors[class] = plus(object.errors[class] or 0, number)
  end
end

local function new_tally()
  return dict { calls = 0, in_flight = 0, errors = dict {}, buckets = {}, methods = dict {} }
end

--- Makes a list of the buckets, from the lowest bound on.
local function sort_buckets(object)
  local list = {}
  for bound, calls in pairs(object.buckets) do
    list[#list + 1] = { bound, calls }
  end
  table.sort(list, function(a, b)
    return a[1] < b[1]
  end)
  object.buckets = list
end

--- Reads the statistics that a server sent, of some of its objects. Those of which nothing was
--- counted have a tally of zeros.
---@param told any
---@param ids table<string, any> objects
---@return table<string, pyro.gateway.Tally> by id
function tallies.read(told, ids)
  local objects = {}
  for id in pairs(ids) do
    objects[id] = new_tally()
  end
  for name, method in each(type(told) == "table" and told.methods, METHODS) do
    local id, member = name:match "^(.*)%.([^.]*)$"
    local object = objects[id]
    if object then
      add(object, member, read_method(type(method) == "table" and method or stats.malformed()))
      add_buckets(object.buckets, method.buckets)
    end
  end
  for _, object in pairs(objects) do
    sort_buckets(object)
  end
  return objects
end

--- Calls a function with methods and classes whose errors have become more, and how many.
---@param now pyro.gateway.Tally of an object
---@param before pyro.gateway.Tally
---@param tell fun(method: string, class: string, count: integer)
function tallies.new_errors(now, before, tell)
  local told = 0
  for name, method in pairs(now.methods) do
    local earlier = before.methods[name]
    for class, number in pairs(method.errors) do
      local more = number - (earlier and earlier.errors[class] or 0)
      if more > 0 and told < KINDS then
        told = told + 1
        tell(name, class, more)
      end
    end
  end
end

return tallies
