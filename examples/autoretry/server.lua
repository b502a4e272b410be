local pyro = require "pyro"

local CalcServer = { __name = "CalcServer" }
pyro.behavior(CalcServer)

function CalcServer:add(num1, num2)
  print(("calling add: %d, %d"):format(num1, num2))
  return num1 + num2
end

pyro.config.COMMTIMEOUT = 0.5 -- clients that are silent for longer are disconnected

pyro.Daemon.serveSimple { [CalcServer] = "example.autoretry" }
