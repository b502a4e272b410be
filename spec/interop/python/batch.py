"""Sends calls in batches. usage: batch.py URI"""
import sys
import time

import Pyro4

server = Pyro4.Proxy(sys.argv[1])

batch = Pyro4.batch(server)
batch.add(1)
batch.add(2)
batch.several()
batch.quiet()
batch.named(7, b=8)
batch.wait(0.05)
assert list(batch()) == [1, 3, [1, None, "three"], None, [7, 8], "waited"]
assert list(batch()) == [], "it is sent once"

batch.add(10)
batch.fail("bad")
batch.add(100)
results = batch()
assert next(results) == 13
try:
    next(results)
except ValueError as x:
    assert x.args == ("bad", 2), x.args
    lines = "".join(x._pyroTraceback)
    assert "in fail\n" in lines and "serving.lua" not in lines and lines.endswith("ValueError: ('bad', 2)\n"), lines
else:
    raise SystemExit("no exception from a batch")
assert server.add(0) == 13, "calls after an error are made"

for name in ("_private", "no_such_method", "__getattr__"):
    try:
        list(server._pyroInvokeBatch([("add", (1,), {}), (name, (), {})]))
    except AttributeError as x:
        assert name in str(x)
    else:
        raise SystemExit("%s was called" % name)
assert server.add(0) == 16, "calls before a bad name are made"

try:
    server._pyroInvokeBatch([("add", (1, 2, 3), {})])[0].raiseIt()
except TypeError as x:
    assert "positional argument" in str(x)
for malformed in ([5], [("add",)], ["add"], [("add", 5, {})], [(5, (), {})]):
    try:
        server._pyroInvokeBatch(malformed)
    except Pyro4.errors.ProtocolError as x:
        assert "malformed batch" in str(x)

batch.held()
batch.add(4)
assert batch(oneway=True) is None
assert server.add(0) == 16, "it is waited for"
server.release()
while server.add(0) != 20:
    time.sleep(0.05)

for _ in range(1000):
    batch.add(1)
assert list(batch()) == list(range(21, 1021))
print("all well")
