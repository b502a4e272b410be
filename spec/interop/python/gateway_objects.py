"""Objects for HTTP gateways. usage: gateway_objects.py Pyro4|Pyro5"""
import datetime
import decimal
import time
import uuid

from generation import NAME, Daemon, Point, Stranger, api, expose, oneway


@expose
class Values(object):
    def __init__(self):
        self._told = None

    def echo(self, message):
        return message

    def two(self, first, second=2):
        return [first, second]

    def nothing(self):
        return None

    def containers(self):
        return {"list": [1, [2]], "tuple": (1, (2,)), "dict": {"x": {"y": 1}}, "set": {1}, "empty": [[], {}, ()]}

    def numbers(self):
        return [True, -1, 2 ** 53 + 1, 2 ** 70, 1.5, 3.0, 1e100, 1e-7]

    def not_numbers(self):
        return [float("nan"), float("inf"), -float("inf")]

    def text(self):
        return u"caf\xe9 <b>\"'&\\\n\t\x00\x7f\u2028\U0001f600"

    def order(self):
        return {name: len(name) for name in "zeta a beta".split()}

    def moments(self):
        return [datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.date(2020, 1, 2)]

    def exact(self):
        return [decimal.Decimal("1.10"), uuid.UUID(int=5)]

    def point(self):
        return Point(1, 2)

    def stranger(self):
        return Stranger("shop.Item")

    def uri(self):
        return api.URI("PYRO:x@localhost:1")

    def many(self):
        return ["x" * 100] * 5000

    def fail(self):
        raise ValueError("it fails", 3)

    def fail_pyro(self):
        raise api.errors.PyroError("it fails")

    def deny(self):  # the server ends the connection
        raise api.errors.SecurityError("no")

    def exception(self):
        return ValueError("a value")

    @oneway
    def tell(self, what=None):
        self._told = what

    @property
    def told(self):
        return self._told

    @property
    def broken(self):
        raise KeyError("no value")

    def _private(self):
        return "private"

    def items(self):
        yield u"one"
        yield 2

    def data(self):
        return b"\x00\xff"

    def pause(self):
        time.sleep(0.1)


class Hidden(object):
    @expose
    def shown(self):
        return "shown"

    def hidden(self):
        return "hidden"


daemon = Daemon()
names = api.locate_ns() if NAME == "Pyro5" else api.locateNS()
for name, thing in ("http.values", Values()), ("http.with/slash", Hidden()), ("other", Hidden()):
    names.register(name, daemon.register(thing))
names.register("http.gone", "PYRO:gone@localhost:1")
print("READY")
daemon.requestLoop()
