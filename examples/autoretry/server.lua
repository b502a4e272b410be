-- A server whose connections break in the middle of every other call.
local pyro = require "pyro"

local weather = { calls = 0 }

function weather:temperature()
  self.calls = self.calls + 1
  print("call " .. self.calls)
  if self.calls % 2 == 1 then
    pyro.current_context.client:close()
  end
  return 21.5
end

pyro.Daemon.serveSimple { [weather] = "example.autoretry" }
