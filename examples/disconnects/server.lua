-- Closes the connections of clients that say nothing for 5 seconds, and notices when they leave.
local pyro = require "pyro"

pyro.config.COMMTIMEOUT = 5.0

local TestDisconnect = { __name = "TestDisconnect" }
pyro.behavior(TestDisconnect)

function TestDisconnect:echo(arg)
  print("echo:  " .. arg)
  return arg
end

local daemon <close> = pyro.Daemon {}

--- Called when a connection has ended, in whichever way.
function daemon:clientDisconnect(connection)
  io.stderr:write("disconnected: ", connection.address, "\n")
end

pyro.Daemon.serveSimple({ [TestDisconnect] = "example.disconnect" }, {
  ns = false, daemon = daemon })
