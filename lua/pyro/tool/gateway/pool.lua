--- Connections to objects, which requests share. Calls of methods that are known to be quick go
--- together: those that begin at about the same time, on one connection. Any other call has a
--- connection of its own, so that a slow one delays no other, until an object has all that it may
--- have: then the callers of that object wait.
local core = require "pyro.core"
local new_proxy = require "pyro.proxy"

local MOST = 32 -- connections to a place
local MOST_WAITING = 200 -- callers who wait for a connection
local QUICK = 0.01 -- seconds that a quick call takes at most
local PROVEN = 100 -- quick calls in succession that make a quick method
local TOGETHER = 0.001 -- seconds in which calls begin that go together
local IDLE = 2 -- seconds that a connection may be unused: it may keep a thread of its server
local NO_THREAD = "no free workers" -- says a server of Pyro's whose threads are all in use
local LEAVING = 0.1 -- seconds until a server has noticed that connections are closed

--- A place: the URI of an object.
---@class pyro.gateway.Place
---@field uri string
---@field location string of the server
---@field quick table<string, integer> quick calls of methods since the last slow one
---@field shared? pyro.gateway.Link that carries calls of quick methods
---@field idle pyro.gateway.Link[] unused connections, the latest used last
---@field open integer connections, those in use included
---@field waiting {event: userdata, link?: pyro.gateway.Link}[] who waits, the first one first

--- A connection.
---@class pyro.gateway.Link
---@field proxy pyro.Proxy
---@field place pyro.gateway.Place
---@field calls integer that have not ended
---@field since number when the first of them began; without any, when the last one ended
---@field streams? integer that are open; nil: there were none

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
  return method and not self.encrypted and (place.quick[method] or 0) >= PROVEN
end

--- Returns the connection on which quick methods are being called, if another call may join. What
--- has begun earlier might be slow for once, and delay the others.
local function take_shared(place)
  local link = place.shared
  return link and core.time() < link.since + TOGETHER and link
end

--- Returns an unused connection that is still there.
local function take_idle(place)
  while #place.idle > 0 do
    local link = table.remove(place.idle)
    if link.proxy._pyroConnection then
      return link
    end
    place.open = place.open - 1
  end
end

--- Lets whoever waits first go on, with a connection or to make one.
local function wake(place, link)
  local first = table.remove(place.waiting, 1)
  if first then
    first.link = link
    first.event:set()
  end
  return first ~= nil
end

--- Makes room for another connection, as one is closed, or a stream has it.
local function drop(place)
  place.open = place.open - 1
  wake(place)
end

--- Closes the connections of a place that were not used since then. Returns whether there were any.
local function close_idle(place, since)
  local before = place.open
  while place.idle[1] and place.idle[1].since <= since do
    table.remove(place.idle, 1).proxy:_pyroRelease()
    place.open = place.open - 1
  end
  return place.open < before
end

--- Closes the unused connections to a server, whichever objects they are of. Returns whether there
--- were any.
local function free_threads(self, location)
  local freed = false
  for _, place in pairs(self.places) do
    freed = place.location == location and close_idle(place, math.huge) or freed
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
  local link = lacks_threads(proxy) and take_idle(place) -- given back meanwhile
  if link or place.open > 0 and lacks_threads(proxy) then
    return link or wait(self, place, method)
  end
  wake(place)
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
    place = { uri = uri, location = uri:match "@(.*)$", quick = {}, idle = {}, open = 0,
      waiting = {} }
    self.places[uri] = place
  end
  return go_together(self, place, method) and take_shared(place) or take_idle(place)
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

--- Lets a connection be used again that carries no call, unless it is closed, or the pool is.
local function put_back(self, link)
  local place = link.place
  if self.closed then
    link.proxy:_pyroRelease()
  end
  if place.shared == link then
    place.shared = nil
  end
  if not link.proxy._pyroConnection then
    drop(place)
  elseif not wake(place, link) then
    link.since = core.time()
    table.insert(place.idle, link)
  end
end

--- Takes a connection back after a call.
---@param link pyro.gateway.Link
---@param method string
---@param seconds number|false that the call took; false: that is not known, or it failed, after
---  which some servers end the connection
function Pool:give_back(link, method, seconds)
  local quick = link.place.quick
  quick[method] = seconds and seconds <= QUICK and math.min((quick[method] or 0) + 1, PROVEN) or nil
  link.calls = link.calls - 1
  if link.streams then
    close_streams(link)
  elseif link.calls == 0 then
    put_back(self, link)
  end
end

--- Leaves a connection to a stream, in place of giving it back after the call that began it.
---@param link pyro.gateway.Link
---@param method string
function Pool:leave(link, method)
  local place = link.place
  place.quick[method] = nil
  place.shared = place.shared ~= link and place.shared or nil
  if not link.streams then -- calls that went together may begin several
    drop(place)
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
      close_idle(place, core.time() - IDLE)
      if place.open < MOST then
        wake(place)
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
    close_idle(place, math.huge)
    while wake(place) do end
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
