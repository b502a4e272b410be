--- Room for the bodies of requests, which those that are being answered share: a value may take 50
--- times as much memory as its JSON.
local core = require "pyro.core"

local MOST = 8 * 1024 * 1024 -- bytes
local SMALL = 4096 -- bytes that need none

---@class pyro.gateway.Room
---@field taken integer bytes
---@field turn? userdata event: the latest body may be read now
local Room = { __name = "pyro.gateway.Room" }
Room.__index = Room

local nothing = setmetatable({}, { __close = function() end })

--- Waits until other requests have gone on since the last body was read.
local function wait_turn(self)
  local turn, before = core.new_event(), self.turn
  self.turn = turn
  if before then
    before:wait()
  end
  core.sleep(0)
  turn:set()
end

--- Takes room for a body, until the result is closed. Returns nil if there is not enough.
---@param size integer bytes
function Room:take(size)
  if size <= SMALL then
    return nothing
  elseif self.taken + size > MOST then
    return nil
  end
  self.taken = self.taken + size
  wait_turn(self)
  return setmetatable({}, {
    __close = function()
      self.taken = self.taken - size
    end,
  })
end

--- Makes room of which nothing is taken.
---@return pyro.gateway.Room
return function()
  return setmetatable({ taken = 0 }, Room)
end
