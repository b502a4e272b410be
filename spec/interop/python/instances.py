"""Uses classes whose instances a daemon makes. usage: instances.py URI"""
import sys
import threading

import Pyro4


def proxy(name):
    result = Pyro4.Proxy(sys.argv[1].replace("server@", name + "@"))
    result._pyroBind()
    return result


one, two = proxy("session"), proxy("session")
assert one._pyroMethods == {"count", "slow", "fail", "inherited", "itself"}, one._pyroMethods
assert [one.count(), one.count(), two.count(), one.count()] == [1, 2, 1, 3]
assert one.inherited() == "from the base, 3"
one._pyroReconnect()
assert one.count() == 1, "an instance dies with its connection"
one, two = proxy("single"), proxy("single")
assert [one.count(), two.count(), one.count()] == [1, 2, 3]
with one.itself() as itself:
    assert isinstance(itself, Pyro4.Proxy) and itself._pyroUri.object == "single", itself
    assert itself.count() == 4
one, two = proxy("percall"), proxy("percall")
assert [one.count(), two.count(), one.count()] == [1, 1, 1]
created = proxy("created")
assert [created.count(), created.count()] == [101, 102], "it is made by the creator"
batch = Pyro4.batch(created)
batch.count()
batch.count()
assert list(batch()) == [103, 104]

# made once, though the creator takes its time and all come at the same time
results = []
threads = [threading.Thread(target=lambda: results.append(proxy("slow").count())) for _ in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(results) == list(range(1, 11)), results

for name, error, text in [("failing", ValueError, "no instance"),
                          ("failing", ValueError, "no instance"),
                          ("wrong", TypeError, "instance creator returned object of different type")]:
    try:
        proxy(name).count()
    except error as x:
        assert text in str(x), x
    else:
        raise SystemExit("there is an instance of " + name)
try:
    proxy("session")._pyroInvoke("new", (), {})
except AttributeError as x:
    assert str(x) == "attempt to access unexposed attribute 'new'", x
else:
    raise SystemExit("the constructor was called")
print("all well")
