--- What the command line programs share.
local cli = {}

--- A converter of argparse for ports.
---@param text string
---@return integer|nil, string|nil
function cli.port(text)
  local port = math.tointeger(tonumber(text))
  if port and port >= 0 and port <= 65535 then
    return port
  end
  return nil, ("a port is 0 to 65535, not '%s'"):format(text)
end

--- Adds Pyro's option for an HMAC key.
function cli.add_key_option(parser)
  parser:option("-k --key", "the HMAC key to use (not supported)")
end

--- Refuses HMAC keys, as nobody shall think that messages are signed when they are not.
---@param options {key?: string}
---@return boolean refused
function cli.refuse_key(options)
  if not options.key and not os.getenv "PYRO_HMAC_KEY" then
    return false
  end
  io.stderr:write "error: HMAC keys (-k, PYRO_HMAC_KEY) are not supported\n"
  return true
end

--- Calls a program's function; an error in it is told in one line.
---@param f function
---@param ... any its arguments
---@return integer exit status
function cli.run(f, ...)
  local ok, err = pcall(f, ...)
  if ok then
    return 0
  end
  io.stderr:write("error: ", type(err) == "table" and err.message or tostring(err), "\n")
  return 1
end

return cli
