-- Hands out work to workers, and collects their results.
local pyro = require "pyro"
require "workitem"

local DispatcherQueue = { __name = "DispatcherQueue" }
DispatcherQueue.__index = DispatcherQueue
pyro.behavior(DispatcherQueue, { instance_mode = "single" })

function DispatcherQueue.new()
  return setmetatable({ work = {}, results = {} }, DispatcherQueue)
end

--- The first of a list, as soon as there is one. Whoever waits here does not hold up the others.
local function take(list, timeout, complaint)
  local deadline = pyro.time() + (timeout or 5)
  while #list == 0 do
    if pyro.time() > deadline then
      error(pyro.ValueError(complaint))
    end
    pyro.sleep(0.02)
  end
  return table.remove(list, 1)
end

function DispatcherQueue:putWork(item)
  table.insert(self.work, item)
end

function DispatcherQueue:getWork(timeout)
  return take(self.work, timeout, "no items in queue")
end

function DispatcherQueue:putResult(item)
  table.insert(self.results, item)
end

function DispatcherQueue:getResult(timeout)
  return take(self.results, timeout, "no result available")
end

function DispatcherQueue:workQueueSize()
  return #self.work
end

function DispatcherQueue:resultQueueSize()
  return #self.results
end

pyro.Daemon.serveSimple { [DispatcherQueue] = "example.distributed.dispatcher" }
