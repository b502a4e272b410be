--- A server: the daemon at a location, and what it has counted of the exposed objects.
local Polled = require "pyro.tool.polled"
local tallies = require "pyro.tool.gateway.tallies"

---@class pyro.gateway.Server: pyro.Polled
---@field ids table<string, string[]> names by the ids of objects
---@field tallies table<string, pyro.gateway.Tally> by id; empty: it has no statistics
---@field package failures pyro.gateway.Failures
---@field package uptime number of the last statistics
local Server = setmetatable({ timeout = 10 }, Polled)
Server.__index = Server

--- Tells of the errors that have been counted since the last statistics.
local function tell_errors(server, now)
  for id, tally in pairs(now) do
    local before, names = server.tallies[id], server.ids[id]
    if before and names then
      tallies.new_errors(tally, before, function(method, class, count)
        server.failures:counted(names[1], method, class, count)
      end)
    end
  end
end

--- Takes what the server has counted.
function Server:take(told)
  local now = told and tallies.read(told, self.ids) or {}
  local uptime = told and type(told.uptime) == "number" and told.uptime or 0
  if uptime > self.uptime then -- else it is another one
    tell_errors(self, now)
  end
  self.tallies, self.uptime = now, uptime
end

--- Returns what was counted of an object; nil where that is not known.
---@param id string
---@return pyro.gateway.Tally|nil
function Server:tally(id)
  return self.tallies[id]
end

--- Makes a server that was not asked yet.
---@param location string
---@param failures pyro.gateway.Failures
---@return pyro.gateway.Server
return function(location, failures)
  return setmetatable({ location = location, failures = failures, ids = {}, tallies = {},
    uptime = 0 }, Server)
end
