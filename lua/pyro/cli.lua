--- What the command line programs share.
local cli = {}

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

return cli
