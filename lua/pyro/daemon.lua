--- pyro.Daemon { host = , port = , unixsocket = , nathost = , natport = } makes a daemon: it
--- listens, and serves registered objects.
local core = require "pyro.core"
local exposure = require "pyro.exposure"
local usage = require "pyro.usage"

--- The connection of a client.
---@class pyro.Connection
---@field address string "127.0.0.1:4711", or "unix socket"
---@field handshake any the data that the client sent when it connected; nil if the daemon had no
---  authorize() then
---@field hmac boolean whether the client's messages are signed with the daemon's HMAC key
---@field subject? string the subject of the client's certificate ("CN=worker1,O=Example")
---@field closed boolean
---@field tracked_resources table<any, true> resources to close when the client disconnects
---@field close fun(self)
---@field getpeercert fun(self): pyro.Certificate|nil the certificate that the client showed, also
---  after it has disconnected; nil if the daemon does not ask for any (SSL_REQUIRECLIENTCERT)

--- A certificate, in the form of Python's getpeercert(). A name is a list of parts, and each part a
--- list of pairs: `{ { { "organizationName", "Example" } }, { { "commonName", "worker1" } } }`.
---@class pyro.Certificate
---@field subject string[][][] whom it is for
---@field issuer string[][][] who signed it
---@field subjectAltName? string[][] pairs: `{ { "DNS", "localhost" }, { "IP Address", "::1" } }`
---@field serialNumber string hexadecimal
---@field notBefore string "May  9 00:00:00 2026 GMT"
---@field notAfter string when it expires
---@field version integer

--- Listens, and serves objects. An open daemon stays open until you close it or the program ends,
--- even if no variable refers to it.
---@class pyro.Daemon
---@field locationStr string "localhost:4711"
---@field natLocationStr? string
---@field _pyroHmacKey string|nil the HMAC key that clients must have (see docs/security.md); nil
---  for the setting HMAC_KEY, "" for none
---@field validateHandshake? fun(self, connection: pyro.Connection, data: any): any define this to
---  check the data that a client sends when it connects: return a response, or raise an error to
---  refuse the client
---@field authorize? fun(self, connection: pyro.Connection, object: string, method: string): any
---  define this to decide which calls a client may make: it is called before the arguments are
---  read, and may wait. Return true to allow the call; else the client gets a PermissionError, or
---  the error that you raise
---@field clientDisconnect? fun(self, connection: pyro.Connection) define this to be called when a
---  client has disconnected
---@field annotations? fun(self): table<string, string> define this to return the annotations of
---  all messages to clients
---@field housekeeping? fun(self) define this to be called every POLLTIMEOUT seconds
---@field lost? fun(self, name: string) define this to be called when somebody else has registered a
---  name that the daemon has published
---@field methodcall_error_handler? fun(self, client, method, vargs, kwargs, err) define this to be
---  called when a method fails, with the client's connection, the method's name, a list of
---  arguments, a table of named arguments, and the error that the caller gets
local methods = core.daemon_methods

--- Does nothing, because a program serves all its daemons whenever it waits. Exists for programs
--- written as for Pyro.
---@param other pyro.Daemon
function methods:combine(other) -- luacheck: ignore self
  usage.check("the other daemon", other, "userdata")
  if other.closed then
    error("the other daemon is closed", 2)
  end
end

--- Serves until daemon:shutdown(), or until a signal asks the program to end: SIGINT, SIGTERM,
--- SIGHUP or SIGQUIT. Then no new call starts, running calls have GRACE_TIME seconds to finish,
--- and the daemon is closed. A second signal ends the program at once.
---@param condition? fun(): boolean checked every POLLTIMEOUT seconds; false ends the loop
function methods:requestLoop(condition)
  usage.check("the condition of the loop", condition, "function|nil")
  local on <close> = core.attend(self) -- luacheck: ignore
  if condition then
    while condition() and not self:wait(core.get_setting "POLLTIMEOUT") do -- luacheck: ignore
    end
  else
    self:wait()
  end
  core.withdraw(self)
  core.drain(self)
  self:close()
  core.sleep(0) -- for what is done when clients have gone
end

---@class pyro.PublishOptions
---@field metadata? string[] tags of the name
---@field lease? number how many seconds the name outlives the process, at least 1; 10 by default
---@field safe? boolean fail if the name is registered already
---@field ns? pyro.NameServer|pyro.Proxy the name server; the default is what pyro.locateNS() finds

--- Returns options of core.publish() that say where a name server is.
local function location(ns)
  local uri = ns._pyroUri
  return {
    host = uri.sockname and "./u:" .. uri.sockname or uri.host,
    port = uri.port,
    hmac_key = ns._pyroHmacKey,
  }
end

--- Returns the URI of an object, and whether it was registered for that.
local function serve(daemon, object)
  local ok, uri = pcall(daemon.uriFor, daemon, object)
  if ok then
    return uri, false
  end
  return daemon:register(object), true
end

--- Registers a name for an object in the name server, and keeps it registered until
--- daemon:unpublish(name), or until the daemon is closed: then it is removed. If the name server
--- loses the name, it is registered again. If somebody else registers it, keeping ends, and
--- daemon:lost(name) is called. The object is registered with the daemon, if it is not yet. Raises
--- NamingError if no name server is found, or if it refuses the name.
---@param name string
---@param object table an object, or a class
---@param options? pyro.PublishOptions
---@return pyro.URI
function methods:publish(name, object, options)
  usage.check("the name", name, "string")
  usage.check("the object", object, "table")
  options = usage.options(options, "metadata lease safe ns")
  local ns = usage.check("option 'ns'", options.ns, "table|userdata|nil")
  local where = ns and location(ns) or {}
  where.metadata = usage.check("option 'metadata'", options.metadata, "table|nil")
  where.lease = usage.check("option 'lease'", options.lease, "number|nil")
  where.safe = usage.check("option 'safe'", options.safe, "boolean|nil")
  local uri, served = serve(self, object)
  local ok, err = pcall(core.publish, self, name, tostring(uri), where)
  if ok then
    return uri
  end
  if served and not self.closed then
    self:unregister(object)
  end
  error(err, 2)
end

--- Keeps a name no more, and removes it from the name server if it is still the daemon's. Raises
--- NamingError if the name server does not answer; it is then removed as soon as it does.
---@param name string
---@return boolean whether it was removed
function methods:unpublish(name)
  usage.check("the name", name, "string")
  return (core.unpublish(self, name))
end

---@class pyro.StatsOptions
---@field buckets? boolean true: also the counts of histograms

--- Returns what the program has counted since it was started: connections, calls, errors, times
--- and more. Methods are those of this daemon's objects, all else is of the whole program.
--- docs/statistics.md describes the table.
---@param options? pyro.StatsOptions
---@return pyro.Stats
function methods:stats(options)
  options = usage.options(options, "buckets")
  local buckets = usage.check("option 'buckets'", options.buckets, "boolean|nil")
  return usage.call(core.stats, self, buckets)
end

--- Describes an object or class as Python does: "<__main__.Warehouse object at 0x…>", "<class
--- '__main__.Warehouse'>".
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

--- Serves an object of serveSimple(). Names stay in the name server when the daemon ends, as those
--- of Pyro's do, and so have no lease; this is how often, in thirds, they are looked for.
local LOOK = 15 -- seconds

local function serve_simply(daemon, ns, object, name, say)
  local uri = daemon:register(object, not ns and name or nil)
  say("Object " .. represent(object) .. ":\n    uri = " .. tostring(uri))
  if ns and name then
    core.publish(daemon, name, tostring(uri), { lasting = true, lease = LOOK })
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
---@field daemon? pyro.Daemon serve with this daemon, instead of a new one
---@field ns? boolean true (default): register the names with the name server; false: use them as
---  ids
---@field verbose? boolean true (default): print what is served

local Daemon = {}

--- Registers objects and serves them until the daemon is shut down.
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
    or usage.call(core.new_daemon, { host = options.host, port = options.port })
  local ns = options.ns ~= false
  if ns then
    require "pyro.nameserver"():_pyroRelease() -- before anything is served
  end
  for _, entry in ipairs(by_name(objects)) do
    serve_simply(daemon, ns, entry.object, entry.name, say)
  end
  core.spawn(say, "Pyro daemon running.") -- once it runs: whoever reads it may interrupt at once
  daemon:requestLoop()
end

---@overload fun(options: pyro.DaemonOptions): pyro.Daemon
return setmetatable(Daemon, {
  --- Makes a daemon. It listens at once, and serves registered objects while the program waits, in
  --- daemon:requestLoop() or anywhere else.
  ---@param options? pyro.DaemonOptions
  ---@return pyro.Daemon
  __call = function(_, options)
    options = usage.options(options, "host port unixsocket nathost natport connected_socket "
      .. "hmac_key ssl allow")
    local key = usage.check("option 'hmac_key'", options.hmac_key, "string|nil")
    local daemon = usage.call(core.new_daemon, options)
    daemon._pyroHmacKey = key
    return daemon
  end,
})
