import Pyro4

fountain = Pyro4.Proxy("PYRONAME:example.streaming")

print(list(fountain.words("one at a time")))
print(sum(fountain.countdown(3)))
