--- A place: the URI of an object, the gateway's connections to it, and who waits for one of them.
local core = require "pyro.core"

local QUICK = 0.01 -- seconds that a quick call takes at most
local PROVEN = 100 -- quick calls in succession that make a quick method
local TOGETHER = 0.001 -- seconds in which calls begin that go together

--- A connection.
---@class pyro.gateway.Link
---@field proxy pyro.Proxy
---@field place pyro.gateway.Place
---@field calls integer that have not ended
---@field since number when the first of them began; without any, when the last one ended
---@field streams? integer that are open; nil: there were none

---@class pyro.gateway.Place
---@field uri string
---@field location string of the server
---@field open integer connections, those in use included
---@field waiting {event: userdata, link?: pyro.gateway.Link}[] who waits, the first one first
---@field shared? pyro.gateway.Link that carries calls of quick methods
---@field package idle pyro.gateway.Link[] unused connections, the latest used last
---@field package quick table<string, integer> quick calls of methods since the last slow one
local Place = { __name = "pyro.gateway.Place" }
Place.__index = Place

--- Learns how long a call took.
---@param method string
---@param seconds number|false
function Place:learn(method, seconds)
  if not seconds or seconds > QUICK then
    self.quick[method] = nil
  elseif not self:knows_quick(method) then
    self.quick[method] = (self.quick[method] or 0) + 1
  end
end

--- Returns whether the last calls of a method were quick.
---@param method string
---@return boolean
function Place:knows_quick(method)
  return (self.quick[method] or 0) >= PROVEN
end

--- Returns the connection on which quick methods are being called, if another call may join. What
--- has begun earlier might be slow for once, and delay the others.
---@return pyro.gateway.Link|false|nil
function Place:take_shared()
  local link = self.shared
  return link and core.time() < link.since + TOGETHER and link
end

--- Returns an unused connection that is still there.
---@return pyro.gateway.Link?
function Place:take_idle()
  while #self.idle > 0 do
    local link = table.remove(self.idle)
    if link.proxy._pyroConnection then
      return link
    end
    self.open = self.open - 1
  end
end

--- Lets whoever waits first go on, with a connection or to make one. Returns whether anybody waits.
---@param link? pyro.gateway.Link
---@return boolean
function Place:wake(link)
  local first = table.remove(self.waiting, 1)
  if first then
    first.link = link
    first.event:set()
  end
  return first ~= nil
end

--- Makes room for another connection, as one is closed, or a stream has it.
function Place:drop()
  self.open = self.open - 1
  self:wake()
end

--- Lets a connection be used again that carries no call, unless it is closed.
---@param link pyro.gateway.Link
function Place:put_back(link)
  if self.shared == link then
    self.shared = nil
  end
  if not link.proxy._pyroConnection then
    self:drop()
  elseif not self:wake(link) then
    link.since = core.time()
    table.insert(self.idle, link)
  end
end

--- Closes connections that were not used since then. Returns whether there were any.
---@param since number
---@return boolean
function Place:close_idle(since)
  local before = self.open
  while self.idle[1] and self.idle[1].since <= since do
    table.remove(self.idle, 1).proxy:_pyroRelease()
    self.open = self.open - 1
  end
  return self.open < before
end

--- Makes a place without connections.
---@param uri string
---@return pyro.gateway.Place
return function(uri)
  return setmetatable({
    uri = uri,
    location = uri:match "@(.*)$",
    open = 0,
    waiting = {},
    idle = {},
    quick = {},
  }, Place)
end
