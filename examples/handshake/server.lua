-- A server that lets in who knows the word.
local pyro = require "pyro"

local daemon = pyro.Daemon {}

--- Called for each connection, with what its client sent. An error refuses it; the result is sent
--- to the client.
function daemon:validateHandshake(connection, data)
  print(("%s comes with %s"):format(connection.address:match "^[^:]+", pyro.repr(data)))
  if type(data) ~= "table" or data.word ~= "sesame" then
    error(pyro.SecurityError "you do not know the word")
  end
  return "welcome, " .. data.name
end

local cave = {}

function cave:treasure()
  return "gold and silver"
end

pyro.Daemon.serveSimple({ [cave] = "example.handshake" }, { daemon = daemon })
