--- A server: the daemon at a location, which is asked again and again whether it is there, and what
--- it has counted of the exposed objects.
local core = require "pyro.core"
local new_proxy = require "pyro.proxy"
local tallies = require "pyro.tool.gateway.tallies"

local SILENCE = 2 -- seconds after which a server counts as down
local TIMEOUT = 10 -- seconds of a question
local DISTRUST = 60 -- seconds for which it is not asked again for statistics that make no sense

---@class pyro.gateway.Server
---@field location string
---@field ids table<string, string[]> names by the ids of objects
---@field tallies table<string, pyro.gateway.Tally> by id; empty: it has no statistics
---@field has_answered boolean
---@field package uptime number of the last statistics
---@field package daemon? pyro.Proxy
---@field package asked? number the time of a question without an answer
---@field package task? thread that waits for it
---@field package failure? string why it is down
---@field package complaint? string why it has no statistics, though it is up
---@field package complained number the time of that
local Server = { __name = "pyro.gateway.Server" }
Server.__index = Server

local function connect(server)
  local daemon = new_proxy("PYRO:Pyro.Daemon@" .. server.location)
  daemon._pyroTimeout = TIMEOUT
  daemon._pyroMaxRetries = 0
  core.connect(daemon)
  server.daemon = daemon
end

--- Tells of the errors that have been counted since the last statistics.
local function tell_errors(server, now, failures)
  for id, tally in pairs(now) do
    local before, names = server.tallies[id], server.ids[id]
    if before and names then
      tallies.new_errors(tally, before, function(method, class, count)
        failures:counted(names[1], method, class, count)
      end)
    end
  end
end

--- Asks what the server has counted.
local function ask_stats(server, failures)
  local told = server.daemon:stats(true)
  local now = tallies.read(told, server.ids)
  local uptime = type(told.uptime) == "number" and told.uptime or 0
  if uptime > server.uptime then -- else it is another one
    tell_errors(server, now, failures)
  end
  server.tallies, server.uptime = now, uptime
end

local function reason_of(err)
  return getmetatable(err) == core.error_type and err.message or tostring(err)
end

--- Asks what the server has counted, if it can be asked. What it answers may be large, and make no
--- sense, which costs time of ours: it is not asked soon again then.
---@return boolean answered
local function try_stats(server, failures)
  local is_trusted = not server.complaint or core.time() > server.complained + DISTRUST
  if not is_trusted or not core.member(server.daemon, "stats") then
    return false
  end
  local ok, err = pcall(ask_stats, server, failures)
  if not ok and not server.daemon._pyroConnection then
    error(err, 0)
  end
  server.complaint, server.complained = not ok and reason_of(err) or nil, core.time()
  return ok
end

local function fetch(server, failures)
  if not server.daemon or not server.daemon._pyroConnection then
    connect(server)
  end
  if not try_stats(server, failures) then
    server.tallies = {}
    server.daemon:ping()
  end
end

local function release(server)
  if server.daemon then
    server.daemon:_pyroRelease()
    server.daemon = nil
  end
end

--- Asks the server, in a task, unless it was asked and has not answered.
---@param failures pyro.gateway.Failures
---@param answered userdata event that is set when it has answered, or failed
function Server:ask(failures, answered)
  if self.asked then
    return
  end
  self.asked = core.time()
  self.task = core.spawn(function()
    local ok, err = pcall(fetch, self, failures)
    if not ok then
      release(self)
    end
    self.failure = not ok and reason_of(err) or nil
    self.has_answered, self.asked = true, nil
    answered:set()
  end)
end

--- Returns whether it was asked, and has not answered.
function Server:is_asked()
  return self.asked ~= nil
end

--- Returns whether the server is there, as far as that is known, and what is the matter with it.
---@return "up"|"down"|"unknown" health
---@return string|nil reason
function Server:health()
  if self.asked and core.time() - self.asked >= SILENCE then
    return "down", "no answer"
  elseif self.failure then
    return "down", self.failure
  elseif self.has_answered then
    return "up", self.complaint
  end
  return "unknown"
end

--- Returns what was counted of an object; nil where that is not known.
---@param id string
---@return pyro.gateway.Tally|nil
function Server:tally(id)
  return self.tallies[id]
end

--- Gives the server up.
function Server:close()
  if self.asked then
    coroutine.close(self.task)
  end
  release(self)
end

--- Makes a server that was not asked yet.
---@param location string
---@return pyro.gateway.Server
return function(location)
  return setmetatable({ location = location, ids = {}, tallies = {}, uptime = 0,
    has_answered = false, complained = 0 }, Server)
end
