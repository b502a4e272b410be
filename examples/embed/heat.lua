local pyro = require "pyro"

local thermostat = pyro.Proxy(arg[1])
print("wanted:", thermostat.wanted)
thermostat.wanted = 23
print("wanted:", thermostat.wanted)
thermostat:turnOff()
