--- The name server program, `pyrolua -m pyro.naming`, with the options and output of Pyro4.naming.
--- Serves programs of Pyro4 and Pyro5 alike. The name server itself is core/naming/.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local usage = require "pyro.usage"
local pyro = require "pyro"

local naming = {}

--- Describes the command line to a parser, or to the generator of completions.
function naming.command_line(parser)
  parser:description "Pyro name server: a phone book for remote objects."
  parser:option("-n --host", "hostname to bind server on")
  parser:option("-p --port", "port to bind server on (0=random)"):convert(cli.port)
  parser:option("-u --unixsocket", "Unix domain socket name to bind server on")
  parser:option("-s --storage",
    "storage system to use (memory, sql:FILE, redis://HOST:PORT)", "memory")
  parser:option("--bchost", "hostname to bind broadcast server on (default is \"\")")
  parser:option("--bcport", "port to bind broadcast server on (0=random)"):convert(cli.port)
  parser:option("--nathost", "external hostname in case of NAT")
  parser:option("--natport", "external port in case of NAT"):convert(cli.port)
  parser:flag("-x --nobc", "don't start a broadcast server")
  parser:option("--allow", "file of rules that say who may call what")
  return cli.add_key_option(parser)
end

--- Returns why there is no broadcast responder, or nil if there shall be one.
local function no_broadcast(options, address)
  if address == "" then -- a Unix socket
    return true
  elseif address:find(":", 1, true) then
    return true, "Not starting broadcast server for IPv6."
  elseif cli.is_local(address) then
    return true, "Not starting broadcast server for localhost."
  end
  return options.nobc
end

local function announce(server, guarded)
  local id = "Pyro.NameServer"
  if server.names > 1 then -- its own registration does not count
    print(("Persistent store contains %d existing registrations."):format(server.names))
  end
  local address = server.address
  print(("NS running on %s (%s)"):format(server.locationStr,
    address == "" and "Unix domain socket" or address))
  if not guarded then
    cli.warn_if_open(server, "register and remove names")
  end
  if server.natLocationStr then
    print("internal URI = " .. tostring(server:uriFor(id, false)))
    print("external URI = " .. tostring(server:uriFor(id)))
  else
    print("URI = " .. tostring(server:uriFor(id)))
  end
end

local STATUS_PERIOD = 5 -- seconds after which a service manager hears of a new status

--- Describes a name server to a service manager, without the password of its storage.
local function status_of(server, options)
  local storage = (options.storage or "memory"):gsub("//.*@", "//")
  return ("%d name%s, %s"):format(server.names, server.names == 1 and "" or "s", storage)
end

local OPTIONS = "host port unixsocket storage nobc bchost bcport nathost natport "
  .. "listening_socket hmac allow"

---@class pyro.NameServerOptions
---@field host? string where to listen; the default is the setting HOST
---@field port? integer the default is the setting NS_PORT; 0: any
---@field unixsocket? string path of a Unix socket, instead of host and port
---@field storage? string "memory" (the default), "sql:FILE", or "redis://localhost:6379"
---@field nobc? boolean do not answer broadcasts
---@field bchost? string where to listen for broadcasts; the default is the setting NS_BCHOST
---@field bcport? integer the default is the setting NS_BCPORT; 0: any
---@field nathost? string host in URIs, where programs reach the name server by another one
---@field natport? integer
---@field listening_socket? integer file descriptor of a socket that listens already
---@field allow? string path of a file of rules that say who may call what
---@field hmac? string the HMAC key that clients must have; the default is the setting HMAC_KEY

--- Starts a name server in this program, with a broadcast responder if possible. It serves while
--- the program waits, as daemons do, and it is a daemon: server:uriFor "Pyro.NameServer" is its
--- URI, server:close() ends it.
---@param options? pyro.NameServerOptions
---@return pyro.Daemon
---@return string? broadcast where the responder listens
---@return string? why there is none, unless it was turned off
function naming.startNS(options)
  options = usage.options(options, OPTIONS)
  local key = usage.check("option 'hmac'", options.hmac, "string|nil")
  local server = core.new_nameserver {
    host = options.host,
    port = options.port,
    unixsocket = options.unixsocket,
    storage = options.storage,
    nathost = options.nathost,
    natport = options.natport,
    allow = options.allow,
    listening_socket = options.listening_socket,
  }
  server._pyroHmacKey = key
  local without, why = no_broadcast(options, server.address)
  local broadcast = not without
      and server:broadcast { bchost = options.bchost, bcport = options.bcport }
    or nil
  return server, broadcast, why
end

--- Runs a name server until it is interrupted. Tells a service manager when it is ready, and how
--- many names it has.
---@param options pyro.NameServerOptions
function naming.startNSloop(options)
  local started, broadcast, why = naming.startNS(options)
  local server <close> = started
  if why then
    print(why)
  elseif broadcast then
    print("Broadcast server running on " .. broadcast)
  end
  local running = true
  core.spawn(function() -- once it runs: whoever reads it may interrupt at once
    announce(server, options.allow or core.get_setting "ALLOW")
    while running and core.ready(status_of(server, options)) do
      core.sleep(STATUS_PERIOD)
    end
  end)
  server:requestLoop()
  running = false
  print "NS shut down."
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function naming.main(...)
  local options = cli.parser("pyrolua-ns", naming.command_line):parse { ... }
  if not cli.use_key(options) then
    return 1
  end
  return cli.run(function()
    options.listening_socket = core.get_service_socket()
    naming.startNSloop(options)
  end)
end

naming.locateNS = pyro.locateNS
return naming
