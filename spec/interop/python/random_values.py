"""Echoes values; or sends random ones to an echo in Lua, and prints those that come back otherwise than the
serializer and Lua's types allow. usage: random_values.py Pyro4|Pyro5 serve | check URI SEED COUNT PICKLE_PROTOCOL"""
import base64
import datetime
import decimal
import math
import random
import struct
import sys
import uuid

from generation import Daemon, Proxy, config, expose

# what a serializer keeps: of tuples and sets, of keys that are no texts, of bytes (None: it refuses them), complex
# numbers and dates; and whether it sends other types (as texts)
CARRIED = {
    "msgpack": dict(tuples=False, sets=False, keys=False, bytes=True, complex=True, dates=True, others=True),
    "serpent": dict(tuples=True, sets=True, keys=True, bytes=False, complex="plain", dates=False, others=True),
    "json": dict(tuples=False, sets=False, keys=False, bytes=None, complex=False, dates=False, others=True),
    "pickle": dict(tuples=True, sets=True, keys=True, bytes=True, complex=True, dates=True, others=True),
    "marshal": dict(tuples=True, sets=True, keys=True, bytes=True, complex=True, dates=False, others=False),
}
INTEGERS = [0, 1, -1, 127, 128, -128, -129, 2**16, 2**31, -2**31, 2**63 - 1, -2**63, 2**63, 2**64 - 1, 2**64, -2**63 - 1]
FLOATS = [0.0, -0.0, 1.0, 0.1, 1e16, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan")]
CHARACTERS = [(0, 0x7f), (0x80, 0x7ff), (0x800, 0xd7ff), (0xe000, 0xffff), (0x10000, 0x10ffff)]

carried = CARRIED[config.SERIALIZER]
rnd = random.Random()


def integer():
    return rnd.choice(INTEGERS) if rnd.random() < 0.5 else rnd.getrandbits(rnd.randint(1, 200)) * rnd.choice([1, -1])


def real():
    return rnd.choice(FLOATS) if rnd.random() < 0.5 else struct.unpack("d", rnd.getrandbits(64).to_bytes(8, "little"))[0]


def text():
    return "".join(chr(rnd.randint(*rnd.choice(CHARACTERS))) for _ in range(rnd.randint(0, 12)))


def some_bytes():
    return bytes(rnd.getrandbits(8) for _ in range(rnd.randint(0, 300))) + b"\xff"


def date():
    return rnd.choice([
        lambda: datetime.date.fromordinal(rnd.randint(1, datetime.date.max.toordinal())),
        lambda: datetime.datetime.fromtimestamp(rnd.randint(0, 2**32)) + datetime.timedelta(0, 0, rnd.randint(0, 999999)),
    ])()


def complex_number():
    """As Python literals, those that are not plain lose zeros' signs, or are none."""
    if carried["complex"] == "plain":
        return complex(rnd.gauss(0, 1), rnd.gauss(0, 1e20))
    return complex(real(), real())


def scalar():
    makers = [lambda: None, lambda: rnd.random() < 0.5, integer, integer, real, text, text]
    if carried["bytes"] is not None:
        makers.append(some_bytes)
    if carried["others"]:
        makers += [date, lambda: uuid.UUID(int=rnd.getrandbits(128)), lambda: decimal.Decimal(rnd.getrandbits(64)) / 1000]
    if carried["complex"]:
        makers.append(complex_number)
    return rnd.choice(makers)()


def key():
    if not carried["keys"]:
        return text()
    return rnd.choice([text, integer, lambda: rnd.random(), lambda: (integer(), text())])()


def value(depth=0):
    if depth == 0 and rnd.randint(1, 100) == 1:
        deep = scalar()
        for _ in range(100):
            deep = rnd.choice([lambda: [deep], lambda: (deep,), lambda: {text(): deep}])()
        return deep
    if depth > 4 or rnd.random() < 0.4:
        return scalar()
    some = range(rnd.randint(0, 5))
    return rnd.choice([
        lambda: [value(depth + 1) for _ in some],
        lambda: tuple(value(depth + 1) for _ in some),
        lambda: rnd.choice([set, frozenset] if carried["sets"] else [set])(text() for _ in some),
        lambda: {key(): value(depth + 1) for _ in some},
        lambda: {key(): value(depth + 1) for _ in some},
    ])()


def expected(x):
    """What comes back."""
    if isinstance(x, (uuid.UUID, decimal.Decimal)):
        return str(x)
    if isinstance(x, datetime.date) and not carried["dates"]:
        return x.isoformat()
    if isinstance(x, bytes) and not carried["bytes"]:
        return {"data": base64.b64encode(x).decode(), "encoding": "base64"}
    if isinstance(x, list):
        return [expected(item) for item in x]
    if isinstance(x, tuple):
        return (tuple if carried["tuples"] else list)(expected(item) for item in x)
    if isinstance(x, (set, frozenset)):
        if not carried["sets"]:
            return list(x)
        if config.SERIALIZER != "serpent":
            return x
        return set(x) if x else ()  # it has no literal for the empty one, nor for frozensets
    if isinstance(x, dict):
        return {k: expected(v) for k, v in x.items()}
    return x


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return math.isnan(a) and math.isnan(b) or a == b and math.copysign(1, a) == math.copysign(1, b)
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b


def check(uri, count):
    proxy = Proxy(uri)
    for i in range(count):
        sent = value()
        got = proxy.echo(sent)
        if not same(got, expected(sent)):
            return "value %d: %.500r came back as %.500r" % (i, sent, got)
    return "%d values" % count


@expose
class Echo(object):
    def echo(self, x):
        return x


if sys.argv[2] == "serve":
    daemon = Daemon()
    print("PORT", daemon.register(Echo(), "target").port)
    daemon.requestLoop()
else:
    rnd.seed(int(sys.argv[4]))
    if config.SERIALIZER == "pickle":
        config.PICKLE_PROTOCOL_VERSION = int(sys.argv[6])  # the environment's must be 2 at least
    print(check(sys.argv[3], int(sys.argv[5])))
