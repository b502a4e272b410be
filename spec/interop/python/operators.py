"""What Python's operators call. usage: operators.py GENERATION server | GENERATION client URI"""
import sys

GENERATION = sys.argv[1]
if GENERATION == "Pyro5":
    import Pyro5.api as Pyro
else:
    import Pyro4 as Pyro


@Pyro.expose
class Container(object):
    def __init__(self):
        self.items = ["a", "b", "c"]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __delitem__(self, index):
        del self.items[index]

    def __iter__(self):
        return iter(self.items)

    def __contains__(self, item):
        return item in self.items


@Pyro.expose
class Dictionary(object):
    def __init__(self):
        self.items = {"key": 1}

    def __getitem__(self, key):
        return self.items[key]

    def __setitem__(self, key, value):
        self.items[key] = value

    def __delitem__(self, key):
        del self.items[key]

    def shown(self):
        return repr(sorted(self.items.items()))


def serve():
    daemon = Pyro.Daemon()
    for name, thing in [("container", Container()), ("dictionary", Dictionary())]:
        daemon.register(thing, name)
    print("AT " + daemon.locationStr)
    sys.stdout.flush()
    daemon.requestLoop()


def raised(f, *args):
    try:
        f(*args)
    except Exception as x:
        return type(x).__name__
    raise SystemExit("no exception")


def use(uri):
    p = Pyro.Proxy(uri)
    if GENERATION == "Pyro5":
        assert len(p) == 3 and p[1] == "b" and "b" in p and "x" not in p
        p[1] = "x"
        del p[2]
        assert list(p) == ["a", "x"]
        p["key"] = 5
        assert p["key"] == 5
        assert raised(lambda: p[7]) == "IndexError"
    assert p.__len__() >= 2 and p.__getitem__(0) == "a"
    p.__setitem__(1, "y")
    assert list(p.__iter__()) == ["a", "y"] or GENERATION == "Pyro4"
    assert "__len__" in p._pyroMethods and "__init__" not in p._pyroMethods
    assert raised(lambda: p._pyroInvoke("__init__", (), {})) == "AttributeError"
    assert raised(lambda: p._pyroInvoke("__len", (), {})) == "AttributeError"
    print("all well")


if sys.argv[2] == "server":
    serve()
else:
    use(sys.argv[3])
