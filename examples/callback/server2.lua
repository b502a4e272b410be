-- Calls back what fails.
local pyro = require "pyro"

local CallbackServer = { __name = "CallbackServer" }
pyro.behavior(CallbackServer)
pyro.oneway(CallbackServer, "doCallback")

local function try(number, f, ...)
  print(("\n\nserver: doing callback %d to client"):format(number))
  local ok, err = pcall(f, ...)
  if not ok then
    print "got an exception from the callback:"
    print(table.concat(err.remoteTraceback))
  end
end

function CallbackServer:doCallback(callback)
  try(1, callback.call1, callback)
  try(2, callback.call2, callback)
  print "server: callbacks done.\n"
end

pyro.Daemon.serveSimple { [CallbackServer] = "example.callback2" }
