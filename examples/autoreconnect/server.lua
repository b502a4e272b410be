-- server.lua [HOST:PORT]: to be found again after a restart, it needs the same id and place.
local pyro = require "pyro"

local host, port = (... or "localhost:0"):match "^(.*):(%d+)$"
local counter = { count = 0 }

function counter:next()
  self.count = self.count + 1
  return self.count
end

--- A program that just ends, in the middle of a call.
function counter:crash()
  os.exit(1)
end

pyro.Daemon.serveSimple({ [counter] = "example.counter" }, { ns = false, host = host,
  port = math.tointeger(tonumber(port)) })
