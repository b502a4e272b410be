--- A server that is asked again and again whether it is there, and what it has counted.
local core = require "pyro.core"
local stats = require "pyro.tool.stats"

local DISTRUST = 60 -- seconds for which it is not asked again for statistics that make no sense

--- The base class of servers.
---@class pyro.Polled
---@field SILENCE number seconds after which a server counts as down
---@field location string
---@field timeout? number seconds of a question; by default, the setting COMMTIMEOUT
---@field has_answered boolean whether it did, or failed
---@field asked? number the time of a question without an answer
---@field take fun(server: pyro.Polled, told?: table) reads what the server has counted, and raises
---  an error if that makes no sense; nil: it has no statistics
---@field package daemon? pyro.Proxy
---@field package task? thread that waits for the answer
---@field package failure? string why it is down
---@field package complaint? string why it has no statistics, though it is up
---@field package complained number the time of that
local Polled = { SILENCE = 2, has_answered = false }
Polled.__index = Polled

local function reason_of(err)
  if getmetatable(err) ~= core.error_type then
    return tostring(err)
  end
  return err.class == "TimeoutError" and "no answer" or err.message
end

--- Asks what the server has counted. What it answers may be large, and make no sense, which costs
--- time of ours: it is not asked soon again then.
---@return boolean answered
local function try_stats(server)
  if server.complaint and core.time() <= server.complained + DISTRUST then
    return false
  end
  local ok, result = pcall(function()
    local told = stats.ask(server.daemon, true)
    server:take(told)
    return told ~= nil
  end)
  if not ok and not server.daemon._pyroConnection then
    error(result, 0)
  end
  server.complaint, server.complained = not ok and reason_of(result) or nil, core.time()
  return ok and result
end

local function poll(server)
  server.daemon = server.daemon or stats.connect(server.location, { timeout = server.timeout })
  server.daemon._pyroMaxRetries = 0
  if not try_stats(server) then
    server.daemon:ping()
    server:take(nil)
  end
end

local function release(server)
  if server.daemon then
    server.daemon:_pyroRelease()
    server.daemon = nil
  end
end

--- Asks the server, in a task, unless it was asked and has not answered.
---@param answered userdata event that is set when it has answered, or failed
function Polled:ask(answered)
  if self.asked then
    return
  end
  self.asked = core.time()
  self.task = core.spawn(function()
    local ok, err = pcall(poll, self)
    if not ok then
      release(self)
    end
    self.failure = not ok and reason_of(err) or nil
    self.has_answered, self.asked = true, nil
    answered:set()
  end)
end

--- Returns whether the server is there, as far as that is known, and what is the matter with it.
---@return "up"|"down"|"unknown" health
---@return string|nil reason
function Polled:health()
  if self.asked and core.time() - self.asked >= self.SILENCE then
    return "down", "no answer"
  elseif self.failure then
    return "down", self.failure
  elseif self.has_answered then
    return "up", self.complaint
  end
  return "unknown"
end

--- Gives the server up.
function Polled:close()
  if self.asked then
    coroutine.close(self.task)
  end
  release(self)
end

return Polled
