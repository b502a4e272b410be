--- Room for the bodies of requests, which those that are being answered share: a value may take 50
--- times as much memory as its JSON.
local core = require "pyro.core"

local MOST = 8 * 1024 * 1024 -- bytes
local SHARE = MOST // 2 -- bytes that the bodies of one address may take
local SMALL = 4096 -- bytes that need none

---@class pyro.gateway.Room
---@field taken integer bytes
---@field shares table<string, integer> bytes by address
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

--- Adds to what an address has taken.
local function add(self, address, size)
  local share = (self.shares[address] or 0) + size
  self.shares[address] = share > 0 and share or nil
  self.taken = self.taken + size
end

--- Takes room for a body, until the result is closed. Returns nil if there is not enough.
---@param size integer bytes
---@param peer string the client's address and port
function Room:take(size, peer)
  if size <= SMALL then
    return nothing
  end
  local address = peer:gsub(":%d+$", "")
  if self.taken + size > MOST or (self.shares[address] or 0) + size > SHARE then
    return nil
  end
  add(self, address, size)
  wait_turn(self)
  return setmetatable({}, {
    __close = function()
      add(self, address, -size)
    end,
  })
end

--- Makes room of which nothing is taken.
---@return pyro.gateway.Room
return function()
  return setmetatable({ taken = 0, shares = {} }, Room)
end
