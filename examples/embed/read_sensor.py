import Pyro4

sensor = Pyro4.Proxy("PYRONAME:example.sensor")
print("it is", sensor.read())
print("the offset is", sensor.offset)
try:
    sensor.calibrate(-300)
except ValueError as error:
    print("ValueError:", error)
