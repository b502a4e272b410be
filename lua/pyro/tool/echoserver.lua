--- The echo server, for tests: `pyrolua -m pyro.echoserver`, with the options, methods and output
--- of Pyro4.test.echoserver.
local cli = require "pyro.tool.cli"
local core = require "pyro.core"
local naming = require "pyro.tool.naming"
local pyro = require "pyro"

local NAME = "test.echoserver"
local DELAY = 5 -- seconds, of what is slow

---@class pyro.EchoServer
---@field verbose boolean print a line for each call
---@field daemon pyro.Daemon daemon that shutdown() ends
local EchoServer = { __name = "EchoServer" }
EchoServer.__index = EchoServer

local function log(self, ...)
  if self.verbose then
    print(("%s - %s"):format(os.date "%a %b %e %H:%M:%S %Y", table.concat { ... }))
  end
end

--- Returns the message.
function EchoServer:echo(message)
  log(self, "echo: ", pyro.repr(message))
  return message
end

--- Raises an error.
function EchoServer:error()
  log(self, "error: generating exception")
  error(pyro.ValueError "expected error from echoserver error() method")
end

--- Raises an error with another message.
function EchoServer:error_with_text()
  log(self, "error: generating exception")
  error(pyro.ValueError "the message of the error")
end

--- As echo, but the caller does not wait.
function EchoServer:oneway_echo(message)
  log(self, "oneway_echo: ", pyro.repr(message))
  return "bogus return value"
end

--- Answers after a while.
function EchoServer:slow()
  log(self, "slow: waiting a bit...")
  pyro.sleep(DELAY)
  log(self, "slow: returning result")
  return "Finally, an answer!"
end

--- Prints after a while; the caller does not wait.
function EchoServer:oneway_slow()
  log(self, "oneway_slow: waiting a bit...")
  pyro.sleep(DELAY)
  log(self, "oneway_slow: returning result")
  return "bogus return value"
end

--- Returns some elements, one by one.
function EchoServer:generator() -- luacheck: ignore self
  return coroutine.wrap(function()
    coroutine.yield "one"
    coroutine.yield "two"
    coroutine.yield "three"
  end)
end

function EchoServer:nan() -- luacheck: ignore self
  return 0 / 0
end

function EchoServer:inf() -- luacheck: ignore self
  return math.huge
end

--- A private method, which no caller can reach.
function EchoServer:_private() -- luacheck: ignore self
  return "should not be allowed"
end

--- Ends the echo server.
function EchoServer:shutdown()
  log(self, "shutting down")
  self.daemon:shutdown()
end

pyro.oneway(EchoServer, "oneway_echo", "oneway_slow")
pyro.attributes(EchoServer, "verbose")

local echoserver = {}

local function command_line(parser)
  parser:description "Pyro's test echo server."
  parser:option("-H --host", "hostname to bind server on", "localhost")
  parser:option("-p --port", "port to bind server on (0=random)", "0"):convert(cli.port)
  parser:option("-u --unixsocket", "Unix domain socket name to bind server on")
  parser:option("--nathost", "external hostname in case of NAT")
  parser:option("--natport", "external port in case of NAT"):convert(cli.port)
  parser:flag("-n --naming", "register with nameserver")
  parser:flag("-N --nameserver", "also start a nameserver")
  parser:flag("-v --verbose", "verbose output")
  parser:flag("-q --quiet", "don't output anything")
  return cli.add_key_option(parser)
end

--- Registers the object with the name server that was started, or else with the one that is found.
local function register(uri, nameserver)
  local own = nameserver and nameserver:uriFor "Pyro.NameServer"
  local ns <close> = pyro.locateNS(own and own.host, own and own.port)
  ns:register(NAME, uri)
  return ns._pyroUri
end

local function announce(options, daemon, uri, place, broadcast)
  if options.verbose and place then
    print("using name server at " .. core.printable(tostring(place), true))
    if options.nameserver then
      print(broadcast and "broadcast server running at " .. broadcast
        or "not using a broadcast server")
    end
  elseif options.verbose then
    print "not using a name server."
  end
  if not options.quiet then
    cli.warn_if_open(daemon, "call what is served")
    print("object name: " .. NAME)
    print("echo uri: " .. tostring(uri))
    print "echoserver running."
  end
end

local function new_daemon(options)
  return pyro.Daemon {
    host = options.host,
    port = options.port,
    unixsocket = options.unixsocket,
    nathost = options.nathost,
    natport = options.natport,
  }
end

local function serve(options)
  local nameserver, broadcast
  if options.nameserver then
    nameserver, broadcast = naming.startNS { host = options.host }
  end
  local names <close> = nameserver -- luacheck: ignore
  local daemon <close> = new_daemon(options)
  local echo = setmetatable({ verbose = options.verbose or false, daemon = daemon }, EchoServer)
  local uri = daemon:register(echo, NAME)
  local place = (options.naming or nameserver) and register(uri, nameserver)
  -- Once it runs: whoever reads it may interrupt at once.
  core.spawn(announce, options, daemon, uri, place, broadcast)
  daemon:requestLoop()
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function echoserver.main(...)
  local options = cli.parser("pyrolua -m pyro.echoserver", command_line):parse { ... }
  if not cli.use_key(options) then
    return 1
  end
  options.quiet = options.quiet and not options.verbose
  if not options.quiet then
    print "Starting Pyro's built-in test echo server."
  end
  return cli.run(serve, options)
end

return echoserver
