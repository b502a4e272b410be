"""Uses a counter as the clients of Python do. usage: use_counter.py URI"""
import sys
import threading
import time

import Pyro4


@Pyro4.expose
class Listener(object):
    def hear(self, text):
        return "heard " + text


def raised(f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except Exception as x:
        return type(x).__name__, x.args, bool(getattr(x, "_pyroTraceback", None))
    raise SystemExit("no exception from %r" % (args,))


counter = Pyro4.Proxy(sys.argv[1])
counter._pyroBind()
assert {"add", "add_later", "release", "tell", "fail"} <= counter._pyroMethods, counter._pyroMethods
assert counter._pyroOneway == {"add_later"}, counter._pyroOneway
assert counter._pyroAttrs == {"value"}, counter._pyroAttrs

assert counter.value == 0
counter.value = 5
assert counter.value == 5
assert counter.add(2, 3) == 11
assert counter.add(amount=4) == 15
assert counter.add(1, times=5) == 20
assert raised(lambda: counter.nothing())[0] == "AttributeError"
assert raised(lambda: counter._private())[0] == "AttributeError"

assert counter.add_later(100) is None
assert counter.value == 20, "it was waited for"
counter.release()
while counter.value != 120:
    time.sleep(0.05)

daemon = Pyro4.Daemon()
threading.Thread(target=daemon.requestLoop, daemon=True).start()
listener = Listener()
daemon.register(listener)
assert counter.tell(listener, "this") == "heard this"

for name, args in [("ValueError", ("bad", 1)), ("KeyError", ("key",)), ("ZeroDivisionError", ()),
                   ("NotImplementedError", ("later",)), ("PyroError", ("pyro",)), ("NamingError", ("name",))]:
    assert raised(counter.fail, name, *args) == (name, args, True), raised(counter.fail, name, *args)
assert raised(counter.fail)[0] in ("TypeError", "RuntimeError")
assert counter.add(0) == 120, "the connection goes on"

with Pyro4.Proxy(sys.argv[1]) as other:
    assert other.value == 120
    batch = Pyro4.Proxy(other._pyroUri)
    assert batch == other and hash(batch) == hash(other)
results = []
threads = [threading.Thread(target=lambda: results.append(Pyro4.Proxy(sys.argv[1]).add(1))) for _ in range(20)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(results) == list(range(121, 141)), results
print("all well")
