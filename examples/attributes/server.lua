-- A heater with attributes that its users read and write.
local pyro = require "pyro"

local heater = { target = 20, unit = "C", serial_number = 4711 }
pyro.attributes(heater, "target", "unit") -- serial_number is not remotely accessible

function heater:describe()
  return ("heating up to %s %s"):format(self.target, self.unit)
end

pyro.Daemon.serveSimple { [heater] = "example.attributes" }
