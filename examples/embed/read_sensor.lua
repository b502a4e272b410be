local pyro = require "pyro"

local sensor = pyro.Proxy "PYRONAME:example.sensor"
print("it is", sensor:read())
sensor:calibrate(20)
print("it is", sensor:read())
print("the offset is", sensor.offset)
print(pcall(sensor.calibrate, sensor, "warm"))
