--- Turns of requests with large bodies: these are read one after the other, and others go first.
local core = require "pyro.core"

local SMALL = 4096 -- bytes of a body that needs no turn

---@class pyro.gateway.Turns
---@field last? userdata event: the latest body may be read now
local Turns = { __name = "pyro.gateway.Turns" }
Turns.__index = Turns

--- Waits until other requests have gone on since the last body was read.
---@param size integer bytes of the body
function Turns:wait(size)
  if size <= SMALL then
    return
  end
  local turn, before = core.new_event(), self.last
  self.last = turn
  if before then
    before:wait()
  end
  core.sleep(0)
  turn:set()
end

--- Makes turns of which nobody has one.
---@return pyro.gateway.Turns
return function()
  return setmetatable({}, Turns)
end
