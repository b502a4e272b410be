--- A server: the daemon at a location, and what it did between two looks.
local core = require "pyro.core"
local Polled = require "pyro.tool.polled"
local rates = require "pyro.tool.top.rates"
local sorted = require "pyro.sorted"

local PROMPT = 0.5 -- seconds that others may wait for it

---@class pyro.top.Server: pyro.Polled
---@field name string for people
---@field prompt boolean whether its last answer came soon, if it was asked before
---@field total pyro.top.Rates|nil
---@field methods table<string, pyro.top.Rates>
---@field memory integer|nil bytes
---@field package sample pyro.top.Sample|nil the last one
local Server = setmetatable({ PROMPT = PROMPT }, Polled)
Server.__index = Server

--- Takes what the server has counted.
function Server:take(told)
  self.prompt = core.time() - self.asked < PROMPT
  self.total, self.methods = nil, {}
  if told then
    local sample = rates.read(told, core.time())
    self.total, self.methods = rates.between(sample, self.sample)
    self.memory, self.sample = sample.memory, sample
  end
end

--- Returns what is the matter, if it tells nothing.
---@return string|nil
function Server:trouble()
  local _, reason = self:health()
  if self.has_answered then
    return reason or not self.total and "no statistics" or nil
  end
  return self.asked and "no answer"
end

--- Names the server: the shortest of its names, and how many others there are.
---@param names table<string, true>
function Server:rename(names)
  local list = sorted(names)
  table.sort(list, function(a, b)
    return #a < #b or #a == #b and a < b
  end)
  self.name = core.printable(list[1], true) .. (#list > 1 and ("(+%d)"):format(#list - 1) or "")
end

--- Makes a server that was not asked yet.
---@param location string
---@return pyro.top.Server
function Server.new(location)
  return setmetatable({ location = location, methods = {}, prompt = true }, Server)
end

return Server
