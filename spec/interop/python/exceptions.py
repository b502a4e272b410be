"""Exceptions of all kinds: `exceptions.py Pyro4|Pyro5 serve`, or `… use URI` of a server in Lua."""
import builtins
import sys

from generation import Batch, Daemon, Proxy, Serializer, expose


class OutOfStock(Exception):
    """Registered by the server: it travels as a dict of the server's own."""
    __module__ = "shop"


class Refused(Exception):
    """Not registered: it travels as Pyro has exceptions."""


class Part:
    """Lies in an exception, and is unknown to the client."""
    __module__ = "shop"

    def __init__(self):
        self.size = 3


sys.modules["shop"] = sys.modules[__name__]  # where pickles look for them


SAMPLES = {
    "KeyError": [("k",), (1, 2), ()],
    "OSError": [(2,), (2, "No such file"), (2, "No such file", "a'b"), (2, "x", "from", None, "to"), ("a", "b")],
    "BlockingIOError": [(11, "later"), (11, "later", 5)],
    "UnicodeDecodeError": [("utf-8", b"a\xff", 1, 2, "invalid start byte"), ("utf-8", b"\xff\xfe\xfd", 0, 3, "bad"),
                           ("utf-8", b"\xff", 5, 6, "bad")],
    "UnicodeEncodeError": [("ascii", "a\u20ac", 1, 2, "no"), ("ascii", "\xe9", 0, 1, "no"),
                           ("ascii", "\U0001f600", 0, 1, "no"), ("ascii", "a\u20ac\u20ac", 1, 3, "no")],
    "UnicodeTranslateError": [("a\u20ac", 1, 2, "no"), ("a\u20ac", 0, 2, "no")],
    "SyntaxError": [(), ("bad",), ("bad", ("dir/f.py", 3, 4, "x y")), ("bad", (None, 3, 4, "x y")),
                    ("bad", ("f.py", None, 4, "x y"))],
    "ExceptionGroup": [("both", [ValueError("v"), KeyError("k")]), ("one", [ValueError("v")])],
    "BaseExceptionGroup": [("one", [ValueError("v")])],
}
SAMPLES["IndentationError"] = SAMPLES["TabError"] = SAMPLES["SyntaxError"]
for class_ in (FileNotFoundError, PermissionError, ConnectionResetError, TimeoutError):
    SAMPLES[class_.__name__] = SAMPLES["OSError"]


def samples():
    """An exception of each class, with arguments of all kinds."""
    for name, class_ in sorted(vars(builtins).items()):
        if isinstance(class_, type) and issubclass(class_, BaseException):
            for args in SAMPLES.get(name, [(), ("text",), ("text", 2), (None,), (b"\xff",), ({"a": [1.5, "x"]},)]):
                yield class_(*args)


@expose
class Thrower(object):
    def count(self):
        return len(list(samples()))

    def sample(self, number):
        """The class and text that a client in Python sees."""
        sample = list(samples())[number - 1]
        received = Serializer.make_exception(type(sample), {"args": sample.args})
        return [type(sample).__name__, str(received)]

    def throw(self, number):
        """Raises it, or where that would end the server's thread, returns it."""
        sample = list(samples())[number - 1]
        if isinstance(sample, Exception):
            raise sample
        return sample

    def own(self, how):
        error = (OutOfStock if how == "registered" else Refused)("no chairs", 7)
        error.item = "chair"
        error.part = Part() if how == "part" else 1
        raise error

    def items(self):
        yield 1
        self.own("registered")


def to_dict(error):
    return {"__class__": "shop.OutOfStock", "args": error.args, "item": error.item,
            "_pyroTraceback": getattr(error, "_pyroTraceback", None)}


def serve():
    Serializer.register_class_to_dict(OutOfStock, to_dict)
    Serializer.register_class_to_dict(Part, lambda part: {"__class__": "shop.Part", "size": part.size})
    daemon = Daemon()
    print(daemon.register(Thrower(), "thrower"))
    sys.stdout.flush()
    daemon.requestLoop()


def shown(call, *args):
    try:
        call(*args)
    except Exception as error:
        print("%s|%s|%s" % (type(error).__name__, error, getattr(error, "_pyroClass", None)))
    else:
        print("nothing raised")


def use(uri):
    thrower = Proxy(uri)
    for how in thrower.kinds():
        print(how)
        shown(thrower.fail, how)
        shown(lambda: list(thrower.items(how)))
        shown(lambda: throw(thrower.value(how)))
        if sys.argv[4] == "batch":
            batch = Batch(thrower)
            batch.fail(how)
            shown(lambda: list(batch()))


def throw(error):
    raise error


if sys.argv[2] == "serve":
    serve()
else:
    use(sys.argv[3])
