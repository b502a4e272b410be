--- A server: the daemon at a location, which is asked again and again what it has counted.
local core = require "pyro.core"
local rates = require "pyro.tool.top.rates"
local sorted = require "pyro.sorted"
local stats = require "pyro.tool.stats"

local SILENCE = 2 -- seconds after which a server does not answer
local PROMPT = 0.5 -- seconds that others may wait for it

---@class pyro.top.Server
---@field name string for people
---@field location string
---@field prompt boolean whether its last answer came soon, if it was asked before
---@field total pyro.top.Rates|nil
---@field methods table<string, pyro.top.Rates>
---@field memory integer|nil bytes
---@field package daemon pyro.Proxy|nil
---@field package sample pyro.top.Sample|nil the last one
---@field package asked number|nil the time of a question without an answer
---@field package task thread|nil that waits for it
---@field package failure string|nil
local Server = {}
Server.__index = Server

--- Fetches what the server has counted. Returns what is the matter, if it counts nothing.
local function fetch(server)
  server.daemon = server.daemon or stats.connect(server.location, {})
  local counted = stats.ask(server.daemon, true)
  if not counted then
    return "no statistics"
  end
  local sample = rates.read(counted, core.time())
  server.total, server.methods = rates.between(sample, server.sample)
  server.memory, server.sample = sample.memory, sample
end

local function reason_of(err)
  if getmetatable(err) ~= core.error_type then
    return tostring(err)
  end
  return err.class == "TimeoutError" and "no answer" or err.message
end

local function release(server)
  if server.daemon then
    server.daemon:_pyroRelease()
    server.daemon = nil
  end
end

--- Asks the server, in a task.
---@param answered pyro.Event is set when it has answered, or failed
function Server:ask(answered)
  self.asked = core.time()
  self.task = core.spawn(function()
    local ok, failure = pcall(fetch, self)
    if not ok then
      failure = reason_of(failure)
      release(self)
    end
    self.failure = failure
    self.prompt = core.time() - self.asked < PROMPT
    self.asked = nil
    answered:set()
  end)
end

--- Returns whether it was asked, and has not answered.
function Server:is_asked()
  return self.asked ~= nil
end

--- Returns what is the matter, if it tells nothing.
---@return string|nil
function Server:trouble()
  local silent = self.asked and (not self.total or core.time() - self.asked >= SILENCE)
  return silent and "no answer" or self.failure
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

--- Gives the server up.
function Server:close()
  if self.asked then
    coroutine.close(self.task)
  end
  release(self)
end

local server = { SILENCE = SILENCE, PROMPT = PROMPT }

--- Makes a server that was not asked yet.
---@param location string
---@return pyro.top.Server
function server.new(location)
  return setmetatable({ location = location, methods = {}, prompt = true }, Server)
end

return server
