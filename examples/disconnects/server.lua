-- Notices when clients leave.
local pyro = require "pyro"

local daemon = pyro.Daemon {}
local names = {} -- connection -> name

--- Called when a connection ended, in whichever way.
function daemon:clientDisconnect(connection)
  if names[connection] then
    print(names[connection] .. " has left")
    names[connection] = nil
  end
end

local room = {}

function room:enter(name)
  names[pyro.current_context.client] = name
  print(name .. " has entered")
end

pyro.Daemon.serveSimple({ [room] = "example.disconnects" }, { daemon = daemon })
