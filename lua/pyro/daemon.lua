--- pyro.Daemon { host = , port = , unixsocket = , nathost = , natport = } makes a daemon: it
--- listens, and serves the objects registered with it.
local core = require "pyro.core"
local exposure = require "pyro.exposure"
local usage = require "pyro.usage"

--- That of a client.
---@class pyro.Connection
---@field address string "127.0.0.1:4711", or "unix socket"
---@field closed boolean
---@field tracked_resources table<any, true> what is closed when it disconnects
---@field close fun(self)

--- Listens, and serves objects, until it is closed or the program ends: an open daemon lives on
--- even where no variable holds it.
---@class pyro.Daemon
---@field locationStr string "localhost:4711"
---@field natLocationStr? string
---@field validateHandshake? fun(self, connection: pyro.Connection, data: any): any define it to
---  look at what clients introduce themselves with: it answers, or refuses them by an error
---@field clientDisconnect? fun(self, connection: pyro.Connection) is told that a client has gone
---@field annotations? fun(self): table<string, string> what all messages to clients carry
---@field housekeeping? fun(self) called every POLLTIMEOUT seconds
---@field methodcall_error_handler? fun(self, client, method, vargs, kwargs, err) is told of each
---  method that fails: the client's connection, the method's name, its arguments in a list and the
---  named ones in a table, and the error that its caller gets
local methods = core.daemon_methods

--- All daemons of a program are served whenever it waits for anything: there is nothing to combine.
--- For programs that are written as for Pyro.
---@param other pyro.Daemon
function methods:combine(other) -- luacheck: ignore self
  usage.check("the other daemon", other, "userdata")
  if other.closed then
    error("the other daemon is closed", 2)
  end
end

--- Serves until daemon:shutdown(), or a signal that asks the program to end: SIGINT, SIGTERM,
--- SIGHUP or SIGQUIT. Then no new call starts; those that run have GRACE_TIME seconds left, and the
--- daemon is closed. A second signal ends the program at once.
---@param condition? fun(): boolean asked every POLLTIMEOUT seconds; false ends the loop
function methods:requestLoop(condition)
  usage.check("the condition of the loop", condition, "function|nil")
  local on <close> = core.attend(self) -- luacheck: ignore
  if condition then
    while condition() and not self:wait(core.config_get "POLLTIMEOUT") do -- luacheck: ignore
    end
  else
    self:wait()
  end
  core.drain(self)
  self:close()
  core.sleep(0) -- for what is done when clients have gone
end

--- "<__main__.Warehouse object at 0x…>" or "<class '__main__.Warehouse'>", as Python shows them.
local function represent(object)
  local class = exposure.behavior_of(object) and rawget(object, "__name")
  if class then
    return ("<class '__main__.%s'>"):format(class)
  end
  local metatable = getmetatable(object)
  if metatable and metatable.__tostring then
    return tostring(object)
  end
  local name = metatable and rawget(metatable, "__name")
  local address = ("%p"):format(object)
  return name and ("<__main__.%s object at %s>"):format(name, address)
    or ("<table object at %s>"):format(address)
end

local function by_name(objects)
  local list = {}
  for object, name in pairs(objects) do
    list[#list + 1] = { object = object, name = name or nil }
  end
  table.sort(list, function(a, b)
    return (a.name or "") < (b.name or "")
  end)
  return list
end

local function publish(daemon, ns, object, name, say)
  local uri = daemon:register(object, not ns and name or nil)
  say("Object " .. represent(object) .. ":\n    uri = " .. tostring(uri))
  if ns and name then
    ns:register(name, uri)
    say("    name = " .. name)
  end
end

local function check_objects(objects)
  if type(objects) ~= "table" then
    error("the objects must be a table of object -> name, got " .. type(objects), 3)
  end
  for object, name in pairs(objects) do
    if type(object) ~= "table" then
      error(("the objects are the keys, and tables: { [object] = name }; got a %s as a key"):format(
        type(object)), 3)
    elseif name and type(name) ~= "string" then
      error("an object's name must be a string, or false, got " .. type(name), 3)
    end
  end
end

---@class pyro.ServeOptions
---@field host? string
---@field port? integer
---@field daemon? pyro.Daemon to serve the objects with, instead of a new one
---@field ns? boolean true (default): register the names in the name server, else they are the ids
---@field verbose? boolean true (default): print what is served

local Daemon = {}

--- Publishes objects and serves them until the daemon is shut down.
---@param objects table<table, string|false> object -> name (false: none)
---@param options? pyro.ServeOptions
function Daemon.serveSimple(objects, options)
  options = usage.options(options, "host port daemon ns verbose")
  local verbose = options.verbose ~= false
  local function say(line)
    if verbose then
      print(line)
    end
  end
  check_objects(objects)
  usage.check("the daemon", options.daemon, "userdata|nil")
  local daemon <close> = options.daemon
    or usage.call(core.daemon, { host = options.host, port = options.port })
  local ns = options.ns ~= false and require "pyro.nameserver"() or nil
  for _, entry in ipairs(by_name(objects)) do
    publish(daemon, ns, entry.object, entry.name, say)
  end
  core.spawn(say, "Pyro daemon running.") -- once it runs: whoever reads it may interrupt at once
  daemon:requestLoop()
end

---@overload fun(options: pyro.DaemonOptions): pyro.Daemon
return setmetatable(Daemon, {
  --- Makes a daemon: it listens from now on, and serves what is registered with it while the
  --- program waits, in daemon:requestLoop() or anywhere.
  ---@param options? pyro.DaemonOptions
  ---@return pyro.Daemon
  __call = function(_, options)
    options = usage.options(options, "host port unixsocket nathost natport connected_socket")
    return (usage.call(core.daemon, options))
  end,
})
