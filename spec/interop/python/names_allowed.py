"""What a client of either generation may do in a name server that has rules.
usage: names_allowed.py Pyro4|Pyro5"""
import importlib
import sys

from generation import NAME, api

errors = importlib.import_module(NAME + ".errors")

if NAME == "Pyro4":
    from Pyro4.naming import locateNS
else:
    from Pyro5.core import locate_ns as locateNS

URI = "PYRO:shop@localhost:1234"


def refused(message, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except PermissionError as x:
        assert str(x) == message, str(x)
    else:
        raise SystemExit("allowed: " + message)


with locateNS() as ns:
    ns.register("example.shop", URI)
    refused("not allowed to call Pyro.NameServer.register with the name 'other'", ns.register, "other", URI)
    assert str(ns.lookup("example.shop")) == URI
    refused("not allowed to call Pyro.NameServer.lookup with the name 'none'", ns.lookup, "none")
    refused("not allowed to call Pyro.NameServer.remove", ns.remove, "example.shop")
    refused("not allowed to call Pyro.NameServer.count", ns.count)
    assert list(ns.list()) == ["example.shop"], ns.list()
    assert list(ns.list(regex=".*")) == ["example.shop"]
with api.Proxy("PYRONAME:example.shop") as shop:
    try:
        shop._pyroBind()
    except errors.CommunicationError:
        pass  # its name was resolved
print("allowed what is allowed")
