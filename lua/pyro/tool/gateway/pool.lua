--- Connections to objects, which requests share one after the other. Each carries one call at a
--- time, so that a slow call delays no other one, until an object has all that it may have: then
--- the callers of that object wait.
local core = require "pyro.core"
local new_proxy = require "pyro.proxy"

local MOST = 32 -- connections to a place
local MOST_WAITING = 200 -- callers who wait for one of them
local IDLE = 30 -- seconds that a connection may be unused

--- A place: the URI of an object.
---@class pyro.gateway.Place
---@field uri string
---@field idle {proxy: pyro.Proxy, since: number}[] unused connections, the latest used last
---@field open integer connections, those in use included
---@field waiting {event: userdata, proxy?: pyro.Proxy}[] who waits, the first one first

---@class pyro.gateway.Pool
---@field timeout number seconds that a call may take
---@field places table<string, pyro.gateway.Place>
---@field cleaner thread
local Pool = { __name = "pyro.gateway.Pool" }
Pool.__index = Pool

--- Returns an unused connection that is still there.
local function take_idle(place)
  while #place.idle > 0 do
    local proxy = table.remove(place.idle).proxy
    if proxy._pyroConnection then
      return proxy
    end
    place.open = place.open - 1
  end
end

--- Lets whoever waits first go on, with a connection or to make one.
local function wake(place, proxy)
  local first = table.remove(place.waiting, 1)
  if first then
    first.proxy = proxy
    first.event:set()
  end
  return first ~= nil
end

--- Connects.
local function connect(self, place)
  place.open = place.open + 1
  local proxy = new_proxy(place.uri)
  proxy._pyroTimeout = self.timeout
  proxy._pyroMaxRetries = 0
  local ok, err = pcall(core.connect, proxy)
  if not ok then
    self:drop(place)
    error(err, 0)
  end
  return proxy
end

--- Waits until a connection is given back, or another one may be made.
local function wait(self, place)
  if #place.waiting >= MOST_WAITING then
    return nil
  end
  local waiter = { event = core.new_event() }
  table.insert(place.waiting, waiter)
  waiter.event:wait()
  return waiter.proxy or self:borrow(place.uri)
end

--- Returns a connection that nobody else uses, and its place. Returns nothing if too many wait.
---@param uri string
---@return pyro.Proxy? proxy
---@return pyro.gateway.Place? place
function Pool:borrow(uri)
  local place = self.places[uri]
  if not place then
    place = { uri = uri, idle = {}, open = 0, waiting = {} }
    self.places[uri] = place
  end
  local proxy = take_idle(place) or place.open < MOST and connect(self, place) or wait(self, place)
  return proxy, proxy and place
end

--- Takes a connection back. The next one may use it, unless it is closed.
---@param proxy pyro.Proxy
---@param place pyro.gateway.Place
function Pool:give_back(proxy, place)
  if not proxy._pyroConnection then
    self:drop(place)
  elseif not wake(place, proxy) then
    table.insert(place.idle, { proxy = proxy, since = core.time() })
  end
end

--- Forgets a connection that was borrowed, as it is closed, or its borrower keeps it.
---@param place pyro.gateway.Place
function Pool:drop(place)
  place.open = place.open - 1
  wake(place)
end

--- Closes the connections of a place that were not used since then.
local function close_idle(place, since)
  while place.idle[1] and place.idle[1].since <= since do
    table.remove(place.idle, 1).proxy:_pyroRelease()
    place.open = place.open - 1
  end
end

--- Closes connections that nobody uses, again and again.
local function clean(self)
  while true do
    core.sleep(IDLE / 2)
    for uri, place in pairs(self.places) do
      close_idle(place, core.time() - IDLE)
      if place.open == 0 and #place.waiting == 0 then
        self.places[uri] = nil
      end
    end
  end
end

--- Closes all connections that nobody uses.
function Pool:close()
  coroutine.close(self.cleaner)
  for _, place in pairs(self.places) do
    close_idle(place, math.huge)
  end
end

--- Makes a pool.
---@param timeout number
---@return pyro.gateway.Pool
return function(timeout)
  local self = setmetatable({ timeout = timeout, places = {} }, Pool)
  self.cleaner = core.spawn(clean, self)
  return self
end
