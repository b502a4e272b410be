--- Connections to objects, which requests share. Calls of methods that are known to be quick go
--- together: those that begin at about the same time, on one connection. Any other call has a
--- connection of its own, so that a slow one delays no other, until an object has all that it may
--- have: then the callers of that object wait.
local core = require "pyro.core"
local new_place = require "pyro.tool.gateway.place"
local new_proxy = require "pyro.proxy"

local MOST = 32 -- connections to a place
local MOST_WAITING = 200 -- callers who wait for a connection
local IDLE = 2 -- seconds that a connection may be unused: it may keep a thread of its server
local NO_THREAD = "no free workers" -- says a server of Pyro's whose threads are all in use
local LEAVING = 0.1 -- seconds until a server has noticed that connections are closed

---@class pyro.gateway.Pool
---@field timeout number seconds that a call may take
---@field encrypted boolean whether connections have TLS
---@field places table<string, pyro.gateway.Place>
---@field cleaner thread
---@field closed boolean
local Pool = { __name = "pyro.gateway.Pool" }
Pool.__index = Pool

--- Returns whether calls of a method go together. By TLS none do: Pyro's multiplex servers overlook
--- a request that came with another one, until there is a third.
local function go_together(self, place, method)
  return method and not self.encrypted and place:knows_quick(method)
end

--- Closes the unused connections to a server, whichever objects they are of. Returns whether there
--- were any.
local function free_threads(self, location)
  local freed = false
  for _, place in pairs(self.places) do
    freed = place.location == location and place:close_idle(math.huge) or freed
  end
  return freed
end

--- Connects a new proxy.
local function open(self, uri)
  local proxy = new_proxy(uri)
  proxy._pyroTimeout = self.timeout
  proxy._pyroMaxRetries = 0
  core.connect(proxy)
  return proxy
end

local find

--- Waits until a connection is given back, or another one may be made.
local function wait(self, place, method)
  if #place.waiting >= MOST_WAITING then
    return nil
  end
  local waiter = { event = core.new_event() }
  table.insert(place.waiting, waiter)
  waiter.event:wait()
  return waiter.link or find(self, place.uri, method)
end

local function lacks_threads(err)
  return tostring(err):find(NO_THREAD, 1, true) ~= nil
end

--- Connects. Where the server has no thread left, unused connections make room; where there are
--- none, a call waits for one of those in use.
local function connect(self, place, method)
  place.open = place.open + 1
  local ok, proxy = pcall(open, self, place.uri)
  if not ok and lacks_threads(proxy) and free_threads(self, place.location) then
    core.sleep(LEAVING)
    ok, proxy = pcall(open, self, place.uri)
  end
  if ok then
    return { proxy = proxy, place = place, calls = 0, since = 0 }
  end
  place.open = place.open - 1
  local refused = lacks_threads(proxy)
  local link = refused and place:take_idle() -- given back meanwhile
  if link or refused and place.open > 0 then
    return link or wait(self, place, method)
  end
  place:wake()
  error(proxy, 0)
end

--- Returns a connection that may carry a call of the method; nothing if too many wait, or the pool
--- is closed.
function find(self, uri, method)
  if self.closed then
    return nil
  end
  local place = self.places[uri]
  if not place then
    place = new_place(uri)
    self.places[uri] = place
  end
  return go_together(self, place, method) and place:take_shared() or place:take_idle()
    or place.open < MOST and connect(self, place, method) or wait(self, place, method)
end

--- Returns a connection for a call, which has to be given back. Returns nothing if too many wait.
---@param uri string
---@param method? string nil: the call goes alone
---@return pyro.gateway.Link?
function Pool:borrow(uri, method)
  local link = find(self, uri, method)
  if not link then
    return nil
  elseif link.calls == 0 then
    link.since = core.time()
    link.place.shared = go_together(self, link.place, method) and link or link.place.shared
  end
  link.calls = link.calls + 1
  return link
end

--- Closes a connection that streams have had, when they are over, and it carries no call of others.
local function close_streams(link)
  if link.streams == 0 and link.calls == 0 then
    link.proxy:_pyroRelease()
  end
end

--- Takes a connection back after a call.
---@param link pyro.gateway.Link
---@param method string
---@param seconds number|false that the call took; false: that is not known, or it failed, after
---  which some servers end the connection
function Pool:give_back(link, method, seconds)
  link.place:learn(method, seconds)
  link.calls = link.calls - 1
  if link.streams then
    close_streams(link)
  elseif link.calls == 0 then
    if self.closed then
      link.proxy:_pyroRelease()
    end
    link.place:put_back(link)
  end
end

--- Leaves a connection to a stream, in place of giving it back after the call that began it.
---@param link pyro.gateway.Link
---@param method string
function Pool:leave(link, method)
  local place = link.place
  place:learn(method, false)
  place.shared = place.shared ~= link and place.shared or nil
  if not link.streams then -- calls that went together may begin several
    place:drop()
  end
  link.calls, link.streams = link.calls - 1, (link.streams or 0) + 1
end

--- Takes a connection back from a stream, which is over.
---@param link pyro.gateway.Link
function Pool:take_back(link)
  link.streams = link.streams - 1
  close_streams(link)
end

--- Closes connections that nobody uses, again and again; and lets one of those who wait see whether
--- the server has a thread again.
local function clean(self)
  while true do
    core.sleep(IDLE / 2)
    for uri, place in pairs(self.places) do
      place:close_idle(core.time() - IDLE)
      if place.open < MOST then
        place:wake()
      end
      if place.open == 0 and #place.waiting == 0 then
        self.places[uri] = nil
      end
    end
  end
end

--- Closes all connections that nobody uses, and the others when their calls have ended. Those who
--- wait for one get none.
function Pool:close()
  self.closed = true
  coroutine.close(self.cleaner)
  for _, place in pairs(self.places) do
    place:close_idle(math.huge)
    while place:wake() do end
  end
end

--- Makes a pool.
---@param timeout number
---@param encrypted boolean
---@return pyro.gateway.Pool
return function(timeout, encrypted)
  local self = setmetatable({ timeout = timeout, encrypted = encrypted, places = {},
    closed = false }, Pool)
  self.cleaner = core.spawn(clean, self)
  return self
end
