--- Counts requests that are being answered, so that the gateway ends behind them.
local core = require "pyro.core"

---@class pyro.gateway.Running
---@field count integer
---@field over? userdata event: there are none any more. nil: more may come
local Running = { __name = "pyro.gateway.Running" }
Running.__index = Running

--- Counts a request until the result is closed.
---@return pyro.gateway.Running|nil running nil: no more may come
function Running:enter()
  if self.over then
    return nil
  end
  self.count = self.count + 1
  return self
end

function Running:__close()
  self.count = self.count - 1
  if self.over and self.count == 0 then
    self.over:set()
  end
end

--- Lets no more come, and waits until all are answered, or the time is over.
---@param seconds number
function Running:finish(seconds)
  self.over = core.new_event()
  if self.count > 0 then
    self.over:wait(seconds)
  end
end

--- Makes a counter.
---@return pyro.gateway.Running
return function()
  return setmetatable({ count = 0 }, Running)
end
