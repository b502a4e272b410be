--- Functions that the command line programs share.
local core = require "pyro.core"
local argparse = require "argparse"
local config = require "pyro.config"
local progress = require "pyro.tool.progress"
local traceback = require "pyro.traceback"

local cli = {}

--- Makes a parser of a program's command line.
---@param name string
---@param command_line fun(parser: table): table describes the program and its options
---@param status? integer exit status after a wrong command line; the default is 1
function cli.parser(name, command_line, status)
  local parser = command_line(argparse(name):help_max_width(80))
  --- Reports a wrong command line in one line, without suggestions for single letters.
  function parser:error(message) -- luacheck: ignore self
    local letter = message:find "^unknown option '%-.'"
    message = message:gsub("\nDid you mean (.*)$", letter and "" or "; did you mean %1")
    local stop = message:find "%?$" and "" or ";"
    cli.complain(("%s%s %s --help shows what there is"):format(message, stop, name))
    os.exit(status or 1)
  end
  return parser
end

--- Prints an error: what was wrong, and what to do. All programs use this form.
---@param message string
function cli.complain(message)
  traceback.print(("pyrolua: %s\n"):format(message))
end

--- Formats a character as JSON does, if it is not seen; else returns nil.
local function json_escape(character)
  if core.printable(character, true) == character then
    return nil
  end
  local code = utf8.codepoint(character)
  if code < 0x10000 then
    return ("\\u%04x"):format(code)
  end
  code = code - 0x10000
  return ("\\u%04x\\u%04x"):format(0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff))
end

--- Formats a value as JSON. Characters that are not seen are escapes: they come from another
--- program, and a terminal would obey some of them.
---@param value any
---@return string
function cli.json(value)
  return (core.format_json(value):gsub("[\x7f\xc2-\xf4][\x80-\xbf]*", json_escape))
end

--- Converts a port, for argparse.
---@param text string
---@return integer|nil, string|nil
function cli.port(text)
  local port = math.tointeger(tonumber(text))
  if port and port >= 0 and port <= 65535 then
    return port
  end
  return nil, ("a port is 0 to 65535, not '%s'"):format(text)
end

--- Converts a count, for argparse.
---@param text string
---@return integer|nil, string|nil
function cli.count(text)
  local count = math.tointeger(tonumber(text))
  if count and count > 0 and count < 1 << 31 then
    return count
  end
  return nil, ("a count is 1 or more, not '%s'"):format(text)
end

--- Adds Pyro's option for an HMAC key.
function cli.add_key_option(parser)
  parser:option("-k --key", "the HMAC key to use (better set PYRO_HMAC_KEY)")
  return parser
end

--- Makes the HMAC key of the command line that of all connections of the program.
---@param options {key?: string}
---@return boolean done false: there is another key, which was complained of
function cli.use_key(options)
  if not options.key then
    return true
  end
  if (config.HMAC_KEY or "") ~= "" then
    cli.complain "don't use -k and PYRO_HMAC_KEY at the same time"
    return false
  end
  cli.complain("warning: everyone on this machine can read the key of -k in the list of "
    .. "processes; set PYRO_HMAC_KEY instead")
  config.HMAC_KEY, options.key = options.key, nil
  return true
end

--- Returns whether only this machine can reach an address.
---@param address string numeric
function cli.is_local(address)
  return (address:match "^127%." or address == "::1") and true or false
end

--- Returns whether clients of a daemon need an HMAC key, or a certificate.
local function asks_for_proof(daemon)
  local mutual = config.SSL and config.SSL_REQUIRECLIENTCERT
  return mutual or (daemon._pyroHmacKey or config.HMAC_KEY or "") ~= ""
end

--- Warns if a daemon can be reached from a network, and does not ask clients for proof.
---@param daemon pyro.Daemon
---@param what string what anyone can do then
function cli.warn_if_open(daemon, what)
  local address = daemon.address
  if address ~= "" and not cli.is_local(address) and not asks_for_proof(daemon) then
    print(("Warning: anyone who reaches this port can %s, see docs/security.md"):format(what))
  end
end

--- Converts a time, for argparse.
---@param text string
---@return number|nil, string|nil
function cli.seconds(text)
  local seconds = tonumber(text)
  if seconds and seconds > 0 then
    return seconds
  end
  return nil, ("a time is a number of seconds, more than 0, not '%s'"):format(text)
end

--- Adds the options of a connection.
function cli.add_connection_options(parser)
  parser:option("-t --timeout", "seconds to wait for connections and responses")
    :convert(cli.seconds)
  parser:option("-s --serializer", "serializer to use"):choices {
    "serpent", "json", "marshal", "msgpack", "pickle", "cloudpickle", "dill" }
end

--- Adds the URI of a remote object, and the options of the connection.
function cli.add_proxy_options(parser)
  parser:argument("uri", "PYRO:id@host:port, PYRONAME:name or PYROMETA:tag,tag")
  cli.add_connection_options(parser)
end

--- Makes a connected proxy for these options.
---@param options {uri: string, timeout?: number, serializer?: string}
---@return pyro.Proxy
function cli.connect(options)
  local proxy = require "pyro.proxy"(options.uri, {
    timeout = options.timeout,
    serializer = options.serializer,
  })
  proxy:_pyroBind()
  return proxy
end

local STANDARD_ERROR = 2

--- Begins the line of some work, where the standard error is a terminal.
---@return pyro.Progress
function cli.progress()
  return progress.start((core.terminal_size(STANDARD_ERROR)), core.time)
end

--- Returns the message of an error, without its class.
---@param err any
---@return string
function cli.message(err)
  return type(err) == "table" and err.message or tostring(err)
end

--- Calls the function of a program. Prints an error in it as one line.
---@param f function
---@param ... any its arguments
---@return integer exit status
function cli.run(f, ...)
  local ok, err = pcall(f, ...)
  if ok then
    return 0
  end
  cli.complain(cli.message(err))
  return 1
end

--- Calls a function that uses a remote object, like run(). Prints an error with its class, and
--- with the remote traceback.
---@param f function
---@param ... any its arguments
---@return integer exit status
function cli.run_remote(f, ...)
  local ok, err = pcall(f, ...)
  if ok then
    return 0
  end
  traceback.print(traceback.remote(err))
  cli.complain(tostring(err))
  return 1
end

return cli
