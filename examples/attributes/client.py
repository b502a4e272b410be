import Pyro4

heater = Pyro4.Proxy("PYRONAME:example.attributes")

print("the target is", heater.target)
heater.target += 1
print(heater.describe())
