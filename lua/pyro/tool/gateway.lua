--- The HTTP gateway, `pyrolua -m pyro.gateway`, with the options and the interface of Pyro's
--- httpgateway: what speaks HTTP calls remote objects. Its parts are in gateway/.
local answers = require "pyro.tool.gateway.answers"
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local new_failures = require "pyro.tool.gateway.failures"
local new_keys = require "pyro.tool.gateway.keys"
local new_names = require "pyro.tool.gateway.names"
local new_pool = require "pyro.tool.gateway.pool"
local new_running = require "pyro.tool.gateway.running"
local new_turns = require "pyro.tool.gateway.turns"
local new_watch = require "pyro.tool.gateway.watch"
local options_of = require "pyro.tool.gateway.options"
local pyro = require "pyro"
local routes = require "pyro.tool.gateway.routes"
local usage = require "pyro.usage"

local gateway = {}

local EXPOSED = "http\\."
local TIMEOUT = 300 -- seconds, of a call
local MAX_HEAD = 16 * 1024 -- bytes of the head of a request, which each connection has memory for
local KEY = "PYRO_HTTPGATEWAY_KEY" -- Pyro's name of the variable
local OWN_KEY = "PYROLUA_HTTPGATEWAY_KEY" -- for where programs of Pyro5 run, which refuse the other

--- Describes the command line to a parser, or to the generator of completions.
function gateway.command_line(parser)
  parser:description "HTTP gateway: what speaks HTTP and JSON calls remote objects."
  parser:option("-H --listen", "hostname to bind server on", "localhost")
  parser:option("-p --port", "port to bind server on (0=random)", "8080"):convert(cli.port)
  parser:option("-e --expose", "a regex of object names to expose; \"\" exposes all", EXPOSED)
    :convert(options_of.expression)
  parser:option("-g --gatewaykey", "the key that clients of the gateway need (better set "
    .. KEY .. ")")
  parser:option("--keys", "file of keys of users, a line for each: USER KEY")
  parser:option("--allow", "file of rules that say who may call what")
  parser:option("-t --timeout", "seconds that a call may take; the default is COMMTIMEOUT, else "
    .. TIMEOUT):convert(cli.seconds)
  parser:option("-c --cors", "origin of pages that may use the gateway, such as "
    .. "https://example.org; * for all"):count("*"):argname "<origin>"
    :convert(options_of.origin)
  parser:option("--host", "another name under which the gateway is known"):count("*")
    :argname "<name>":convert(options_of.name)
  parser:option("--connections", "most connections of clients; the default is 1000")
    :convert(cli.count)
  parser:option("--client-connections", "most connections of one address; the default is 100")
    :convert(cli.count)
  parser:option("-k --pyrokey", "the HMAC key of the objects (better set PYRO_HMAC_KEY)")
  return parser
end

---@class pyro.GatewayOptions
---@field host? string where to listen; the default is localhost
---@field port? integer the default is 8080; 0: any
---@field expose? string expression that the beginnings of exposed names match; the default is
---  "http\\."
---@field key? string that clients need
---@field keys? string path of a file of keys, which they may have instead
---@field allow? string path of a file of rules that say who may call what; the default is the
---  setting ALLOW
---@field timeout? number seconds that a call may take; the default is the setting COMMTIMEOUT, or
---  else 300
---@field cors? string[] origins of pages that may use the gateway
---@field hosts? string[] other names under which the gateway is known
---@field max_connections? integer of all clients; 1000
---@field max_client_connections? integer of one address; 100

--- A gateway, as its parts see it.
---@class pyro.gateway.Gateway : pyro.Gateway
---@field names pyro.gateway.Names
---@field pool pyro.gateway.Pool
---@field known pyro.gateway.Known
---@field failures pyro.gateway.Failures
---@field watch pyro.gateway.Watch
---@field running pyro.gateway.Running
---@field turns pyro.gateway.Turns
---@field keys? pyro.gateway.Keys nil: clients need none
---@field rules? userdata that say who may call what
---@field allow? string their file
---@field origins table<string, true>
---@field hosts table<string, true>
---@field server userdata

--- A gateway that has been started.
---@class pyro.Gateway
---@field address string where it listens
---@field port integer
---@field scheme string "http" or "https"
local Gateway = { __name = "pyro.Gateway" }
Gateway.__index = Gateway

--- Calls nothing more, and waits until the calls that run are answered, or the time is over.
---@param seconds number
function Gateway:drain(seconds)
  self.running:finish(seconds)
end

--- Ends the gateway.
function Gateway:close()
  self.server:close()
  self.watch:close()
  self.pool:close()
end

Gateway.__close = Gateway.close

local function answer(self, request)
  local running <close> = self.running:enter()
  if not running then
    return answers.text(503, "503 Service Unavailable - the gateway ends")
  end
  return routes.answer(self, request)
end

local function set_of(list, ...)
  local set = {}
  for _, value in ipairs(list or {}) do
    set[value] = true
  end
  for _, value in ipairs { ... } do
    set[value:lower()] = true
  end
  return set
end

local function default_timeout()
  return pyro.config.COMMTIMEOUT > 0 and pyro.config.COMMTIMEOUT or TIMEOUT
end

--- Starts a gateway in this program, which serves while the program waits.
---@param options? pyro.GatewayOptions
---@return pyro.Gateway
function gateway.start(options)
  options = usage.call(options_of.read, usage.options(options, options_of.NAMES))
  local host, timeout = options.host or "localhost", options.timeout or default_timeout()
  local allow = options.allow or pyro.config.ALLOW
  local self = setmetatable({
    names = new_names(options.expose or EXPOSED, timeout),
    pool = new_pool(timeout, pyro.config.SSL),
    known = { entries = {}, count = 0 },
    failures = new_failures(),
    running = new_running(),
    turns = new_turns(),
    keys = new_keys(options.key, options.keys),
    rules = allow and core.open_rules(allow),
    allow = allow,
    origins = set_of(options.cors),
    hosts = set_of(options.hosts, host),
    scheme = pyro.config.SSL and "https" or "http",
  }, Gateway)
  self.watch = new_watch(self.names, self.failures)
  self.server = core.serve_http {
    host = host,
    port = options.port or 8080,
    handler = function(request)
      return answer(self, request)
    end,
    max_head = MAX_HEAD,
    max_connections = options.max_connections,
    max_client_connections = options.max_client_connections,
  }
  self.address, self.port = self.server.address, self.server.port
  return self
end

local function announce(self, expression)
  if expression == "" then
    print "Warning: exposing all objects (no expose regex set)"
  else
    print("Exposing objects with names matching:  " .. core.printable(expression, true))
  end
  local ok, err = pcall(self.names.server, self.names)
  if ok then
    print("Connected to name server at:  " .. self.names:location())
  else
    print("Not yet connected to a name server: " .. core.printable(cli.message(err), true))
  end
  if not cli.is_local(self.address) and not self.keys and not self.rules then
    print "Warning: anyone who reaches this port can call what is exposed, see docs/http.md"
  end
  print(("Pyro HTTP gateway running on %s://%s:%d/pyro/"):format(self.scheme,
    self.address:find ":" and "[" .. self.address .. "]" or self.address, self.port))
  core.ready()
end

--- Takes the gateway's key from the command line, or from the environment.
---@return boolean done false: there are two, which was complained of
local function take_key(options)
  local key = os.getenv(OWN_KEY) or os.getenv(KEY)
  if options.gatewaykey and key then
    cli.complain("don't use -g and " .. KEY .. " at the same time")
    return false
  elseif options.gatewaykey then
    cli.complain("warning: everyone on this machine can read the key of -g in the list of "
      .. "processes; set " .. KEY .. " instead")
  end
  options.gatewaykey = options.gatewaykey or key
  return true
end

--- Serves until the program is interrupted.
local function run(options)
  local started <close> = gateway.start {
    host = options.listen,
    port = options.port,
    expose = options.expose,
    key = options.gatewaykey,
    keys = options.keys,
    allow = options.allow,
    timeout = options.timeout,
    cors = options.cors,
    hosts = options.host,
    max_connections = options.connections,
    max_client_connections = options.client_connections,
  }
  core.spawn(announce, started, options.expose)
  core.await_signal()
  started:drain(pyro.config.GRACE_TIME)
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function gateway.main(...)
  local options = cli.parser("pyrolua-gateway", gateway.command_line):parse { ... }
  options.key = options.pyrokey
  if not cli.use_key(options) or not take_key(options) then
    return 1
  end
  return cli.run(run, options)
end

return gateway
