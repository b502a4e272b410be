"""Registers names in one batch. usage: name_batch.py port"""
import sys

import Pyro4

names = Pyro4.locateNS("localhost", int(sys.argv[1]))
batch = Pyro4.batch(names)
for i in range(250):
    batch.register("name.%d" % i, "PYRO:object@localhost:%d" % (i + 1), metadata=["batched"])
batch.count()
batch.lookup("nobody")
batch.remove(prefix="name.")
results = batch()
assert [next(results) for _ in range(250)] == [None] * 250
assert next(results) == 251
try:
    next(results)
except Pyro4.errors.NamingError as x:
    assert str(x) == "unknown name: nobody", x
    assert "NamingError: unknown name: nobody\n" in x._pyroTraceback
else:
    raise SystemExit("no exception from a batch")
assert names.count() == 251, "calls after an error are made"
batch = Pyro4.batch(names)
batch.remove(prefix="name.")
assert batch(oneway=True) is None
assert names.count() == 1
print("all well")
