--- Counts of servers, by object.
local core = require "pyro.core"
local counted = require "pyro.tool.counted"
local sorted = require "pyro.sorted"

local tallies = {}

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

--- Adds what was counted of a method to its object.
local function add(object, name, told)
  local method = dict(counted.calls(told))
  method.p50, method.p99 = counted.seconds(told.p50), counted.seconds(told.p99)
  counted.add(object, { calls = method.calls, in_flight = method.in_flight })
  counted.add(object.errors, method.errors)
  counted.add(object.buckets, method.buckets)
  object.methods[name], method.buckets = method, nil
end

local function new_tally()
  return dict { calls = 0, in_flight = 0, errors = dict {}, buckets = {}, methods = dict {} }
end

--- Makes a list of the buckets, from the lowest bound on.
local function sort_buckets(object)
  local list = {}
  for i, bound in ipairs(sorted(object.buckets)) do
    list[i] = { bound, object.buckets[bound] }
  end
  object.buckets = list
end

--- Reads the statistics that a server sent, of some of its objects. Those of which nothing was
--- counted have a tally of zeros.
---@param told table<string, any>
---@param ids table<string, any> objects
---@return table<string, pyro.gateway.Tally> by id
function tallies.read(told, ids)
  local objects = {}
  for id in pairs(ids) do
    objects[id] = new_tally()
  end
  for name, method in counted.methods(told) do
    local id, member = name:match "^(.*)%.([^.]*)$"
    if objects[id] then
      add(objects[id], member, method)
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
