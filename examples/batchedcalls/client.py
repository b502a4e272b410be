import Pyro4

calculator = Pyro4.Proxy("PYRONAME:example.batchedcalls")
batch = Pyro4.batch(calculator)
batch.add(3, 4)
batch.divide(3, 4)
batch.say("Python was here")
print(list(batch()))
