"""What Python makes of pickles. Runs in Python 3, and describes in Jython (2.7), too. usage:
pickles.py describe FILE: describes pickles, one in each line of FILE in hexadecimal digits
pickles.py serve FILE: an object that describes what it gets, and keeps the pickles of its calls in FILE
pickles.py use URI: what a server in Lua sends"""
import binascii
import datetime
import struct
import sys

if sys.version_info[0] == 3:
    import pickle
    from _compat_pickle import PYTHON2_EXCEPTIONS

    unicode, long = str, int
else:
    import cPickle as pickle  # as Pyro4 has it there

    PYTHON2_EXCEPTIONS = None  # there are no others


class Item(object):
    """A class of the program that reads, whose instances pickles make without a call of this."""

    def __init__(self):
        raise SystemExit("called")


def plain(data):
    return "'%s'" % "".join(chr(b) if 32 <= b < 127 else "\\x%02x" % b for b in bytearray(data))


def number(x):
    return "nan" if x != x else binascii.hexlify(struct.pack(">d", x)).decode()


def class_name(x):
    """Python 2 lacks some exceptions: what it has instead."""
    for kind in type(x).__mro__:
        if not PYTHON2_EXCEPTIONS or kind.__name__ in PYTHON2_EXCEPTIONS or kind.__module__ != "builtins":
            return kind.__name__


def items(kind, values):
    return "%s[%s]" % (kind, ", ".join(values))


def fields(x):
    return describe(dict((unicode(k), v) for k, v in vars(x).items()))


def describe_object(x):
    kind = type(x).__name__
    if kind == "URI":
        return "URI " + describe(x.__getstate__())
    if kind == "Proxy":
        uri, oneway, methods, attrs, _, key, hello, _, serializer = x.__getstate__()
        return "Proxy %s %s %s %s %s" % (uri, describe(oneway), describe(methods), describe(attrs), describe([hello, key]))
    if kind == "ndarray":
        return "ndarray %s %s %s %s" % (x.dtype.str, x.shape, "F" if x.flags.fnc else "C", x.tolist())
    if isinstance(x, BaseException):
        return "%s %s %s" % (class_name(x), describe(x.args), fields(x))
    return "%s %s" % (kind, fields(x))


def describe(x):
    kind = type(x).__name__
    if x is None or x is True or x is False:
        return repr(x)
    if isinstance(x, (int, long)):
        return "%d" % x
    if isinstance(x, float):
        return "float " + number(x)
    if isinstance(x, complex):
        return "complex %s %s" % (number(x.real), number(x.imag))
    if isinstance(x, unicode):
        return plain(x.encode("utf-8"))
    if isinstance(x, bytes):
        return "b" + plain(x)
    if isinstance(x, datetime.date):
        return kind + " " + x.isoformat()
    if isinstance(x, (list, tuple)):
        return items(kind, map(describe, x))
    if isinstance(x, (set, frozenset)):
        return items(kind, sorted(map(describe, x)))
    if isinstance(x, dict):
        return items(kind, sorted(describe(k) + ": " + describe(v) for k, v in x.items()))
    return describe_object(x)


def serve(path):
    import Pyro4
    from Pyro4.util import PickleSerializer

    loads_call = PickleSerializer.loadsCall

    def keep_call(self, data):
        with open(path, "ab") as file:
            file.write(binascii.hexlify(data) + b"\n")
        return loads_call(self, data)

    class Describer(object):
        def describe(self, *args, **kwargs):
            return items("", map(describe, args)) + (" " + describe(kwargs) if kwargs else "")

    PickleSerializer.loadsCall = keep_call
    daemon = Pyro4.Daemon()
    print("PORT", daemon.register(Describer(), "target").port)
    daemon.requestLoop()


def raised(f, *args):
    try:
        f(*args)
    except Exception as x:
        return x
    raise SystemExit("no exception from %r" % (args,))


def use(uri):
    import Pyro4
    from Pyro4.util import PickleSerializer

    protocol = Pyro4.config.PICKLE_PROTOCOL_VERSION
    loads = PickleSerializer.loads

    def check_protocol(self, data):
        assert data[0] == 0x80 and data[1] == min(4, max(2, protocol)), data[:2]
        return loads(self, data)

    PickleSerializer.loads = check_protocol
    shop = Pyro4.Proxy(uri)
    x = raised(shop.fail, "m")
    assert (type(x), x.args, x.code, x.where) == (ValueError, ("m", 2), 7, {"a": (1,)}), vars(x)
    assert "in fail" in "".join(Pyro4.util.getPyroTraceback(type(x), x, x.__traceback__)), x._pyroTraceback
    x = raised(shop._pyroInvoke, "nothing", (), {})
    assert type(x) is AttributeError, x
    x = raised(shop.own)
    assert (type(x), x.args, x._pyroClass) == (RuntimeError, ("os.system: exit 1",), "os.system"), x
    x = raised(shop.registered)
    assert (type(x), x.args) == (Refused, ("no", 1)), x
    x.code = 7  # as a value, it is like any call of a class
    shown = shop.shown([x])
    back = shown[4][0]
    assert shown[:4] == ("__main__.Refused", "('no', 1)", 1, 7), shown
    assert (type(back), back.args, back.code) == (Refused, ("no", 1), 7), back
    batch = Pyro4.batch(shop)
    batch.shown([x])
    assert next(batch())[:4] == shown[:4]
    x = raised(shop.shown, [Unknown()])
    assert type(x) is Pyro4.errors.SecurityError and "__main__.Unknown" in str(x), x
    item = shop.item()
    assert type(item) is Item and vars(item) == {"price": 3, "tags": {"a"}}, item

    batch = Pyro4.batch(shop)
    batch.item()
    batch.fail("b")
    results = batch()
    assert next(results).price == 3
    x = raised(next, results)
    assert (type(x), x.args) == (ValueError, ("b", 2)) and x._pyroTraceback, x

    assert isinstance(shop.uri(), Pyro4.URI) and str(shop.uri()) == "PYRO:o@h:1"
    assert shop.meta() == Pyro4.URI("PYROMETA:a,b")
    counter = shop.counter()
    assert isinstance(counter, Pyro4.Proxy) and "count" in counter._pyroMethods, counter
    assert counter.count(5) == 6
    assert list(shop.items(3)) == [1, 2, 3]
    assert shop.blob(Pyro4.core.SerializedBlob("info", {"a": (1, b"\xff")})) == {"a": (1, b"\xff")}
    assert shop.named(1, b=2) == (1, 2)
    with Pyro4.Proxy("PYRO:Pyro.Daemon@" + uri.split("@")[1]) as daemon:
        assert type(raised(daemon.get_metadata, "nobody")) is Pyro4.errors.DaemonError
        batch = Pyro4.batch(daemon)
        batch.ping()
        batch.get_metadata("nobody")
        results = batch()
        assert next(results) is None and type(raised(next, results)) is Pyro4.errors.DaemonError
    print("all well")


class Refused(Exception):
    pass


class Unknown(Exception):
    pass


if __name__ == "__main__":
    if sys.argv[1] == "describe":
        for line in open(sys.argv[2], "rb"):
            print(describe(pickle.loads(binascii.unhexlify(line.strip()))))
    else:
        {"serve": serve, "use": use}[sys.argv[1]](sys.argv[2])
