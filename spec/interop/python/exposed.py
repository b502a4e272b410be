"""What may be called of objects that are exposed in part. usage: exposed.py URI"""
import sys

import Pyro4


def proxy(name):
    result = Pyro4.Proxy(sys.argv[1].replace("server@", name + "@"))
    result._pyroBind()
    return result


def refused(f, *args):
    try:
        f(*args)
    except AttributeError as x:
        return str(x)
    raise SystemExit("%r was not refused" % (args,))


server = proxy("server")
assert server._pyroMethods == {"listed"} and server._pyroAttrs == {"value", "computed"}, server._pyroAttrs
assert server.listed() == "listed"
server.value = [server.value, 5]
assert server.value == [1, 5]
assert server.computed == "computed"
for name, text in [("hidden", "attempt to access unexposed attribute 'hidden'"),
                   ("_private", "attempt to access private attribute '_private'"),
                   ("__init__", "attempt to access private attribute '__init__'"),
                   ("nothing", "'Server' object has no attribute 'nothing'"),
                   ("value", "'Server' object has no attribute 'value'")]:
    assert refused(server._pyroInvoke, name, (), {}) == text, refused(server._pyroInvoke, name, (), {})
for name in ("hidden", "_private", "_value", "_nothing", "nothing", "listed"):
    text = "attempt to access unexposed or unknown remote attribute '%s'" % name
    if name in ("nothing", "_private", "_value", "_nothing"):
        text = "type object 'Server' has no attribute '%s'" % name
    assert refused(server._pyroInvoke, "__getattr__", (name,), None) == text
    assert refused(server._pyroInvoke, "__setattr__", (name, 1), None) == text
assert server.listed() == "listed"
for bad in ((), (1,), ("value", 1), (["value"],)):
    try:
        server._pyroInvoke("__getattr__", bad, None)
    except Exception as x:
        assert "malformed attribute access" in str(x)
    else:
        raise SystemExit("__getattr__ took %r" % (bad,))

whole = proxy("whole")
assert whole._pyroMethods == {"own"}, whole._pyroMethods
assert whole.own() == "own"
assert refused(whole._pyroInvoke, "base", (), {}) == "attempt to access unexposed attribute 'base'"
try:
    proxy("nothing_exposed")
except Pyro4.errors.PyroError as x:
    assert "doesn't expose any methods or attributes" in str(x)
else:
    raise SystemExit("REQUIRE_EXPOSE is not obeyed")
print("all well")
