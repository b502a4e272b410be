"""Sends random values of Python's and numpy's classes, pickled, to an echo in Lua, and prints the first that comes
back otherwise than it should. usage: pickled_classes.py URI SEED COUNT PROTOCOL"""
import array
import collections
import datetime
import decimal
import enum
import fractions
import random
import sys
import uuid

import numpy

from Pyro4 import Proxy, config

rnd = random.Random(int(sys.argv[2]))
Point = collections.namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = 1
    GREEN = "g"


class Numbers(list):
    pass


def integer():
    return rnd.getrandbits(rnd.randint(1, 40)) * rnd.choice([1, -1])


def naive():
    """No hour that a clock shows twice: what is sent back says no more which of them it is."""
    return datetime.datetime(rnd.randint(1971, 2037), rnd.randint(5, 9), rnd.randint(1, 28), rnd.randint(0, 23),
                             rnd.randint(0, 59), rnd.randint(0, 59), rnd.choice([0, rnd.randint(0, 999999)]))


def zone():
    return datetime.timezone(datetime.timedelta(minutes=rnd.randint(-1439, 1439), seconds=rnd.choice([0, 0, 1])))


def seconds():
    x = datetime.timedelta(rnd.randint(-99999, 99999), rnd.randint(0, 86399), rnd.randint(0, 999999))
    return x, x.total_seconds()


def isoformat(x):
    return x, x.isoformat()


def text(x):
    return x, str(x)


def items(kind):
    """A value, and what comes back."""
    x = [integer() for _ in range(rnd.randint(kind is Numbers, 5))]
    return kind(x), x


def pairs(kind):
    x = {"k%d" % i: integer() for i in range(rnd.randint(0, 5))}
    return kind(x), x


def default(x):
    d = collections.defaultdict(list)
    d.update(x)
    return d


def numbers():
    code = rnd.choice("bBhHiIlLqQfd")
    x = array.array(code, [rnd.randint(0, 100) for _ in range(rnd.randint(0, 5))])
    return x, list(x)


def characters():
    x = "".join(chr(rnd.choice([0x41, 0xe9, 0x20ac, 0x1f600])) for _ in range(rnd.randint(0, 5)))
    return array.array("u", x), x


def some_range():
    x = range(integer() % 100, integer() % 100, rnd.choice([-7, -1, 1, 3]))
    return x, list(x)


def scalar():
    kind = rnd.choice(["int8", "uint8", "int16", "uint32", "int64", "uint64", "float32", "float64", "bool", "complex128"])
    x = numpy.dtype(kind).type(rnd.randint(0, 100))
    return x, x.item()


def ndarray():
    shape = rnd.choice([(), (0,), (3,), (2, 3), (2, 1, 2)])
    kind = rnd.choice(["<i2", ">i4", "<u8", "<f4", ">f8", "|b1", "<c16", "|S3", "<U2"])
    x = numpy.zeros(shape, "<i4") + rnd.randint(0, 9)
    x = numpy.asarray(x.astype(kind), order=rnd.choice("CF"))
    return x, x


def shared():
    x = [integer()]
    return [x, x, (x,)], [x, x, (x,)]


MAKERS = [
    lambda: text(decimal.Decimal(integer()).scaleb(rnd.randint(-30, 30))),
    lambda: text(decimal.Decimal(rnd.choice(["NaN", "-Infinity", "1E+10"]))),
    lambda: text(fractions.Fraction(integer(), rnd.randint(1, 10**30))),
    lambda: text(uuid.UUID(int=rnd.getrandbits(128))),
    lambda: (naive(),) * 2,
    lambda: (naive().date(),) * 2,
    lambda: isoformat(naive().time()),
    lambda: isoformat(naive().time().replace(tzinfo=zone())),
    lambda: isoformat(naive().replace(tzinfo=zone())),
    seconds,
    lambda: items(collections.deque),
    lambda: items(lambda x: collections.deque(x, 9)),
    lambda: items(Numbers),
    lambda: (lambda x: (x, x))(frozenset([integer(), "x"])),
    lambda: pairs(collections.OrderedDict),
    lambda: pairs(collections.Counter),
    lambda: pairs(default),
    numbers,
    characters,
    some_range,
    lambda: (slice(1, 2, None), (1, 2, None)),
    lambda: (lambda x: (x, x.name))(rnd.choice(list(Color))),
    lambda: (lambda x: (x, tuple(x)))(Point(integer(), "y")),
    lambda: (complex(rnd.random(), 1e300),) * 2,
    lambda: (bytearray(b"\xff\x00"), b"\xff\x00"),
    scalar,
    ndarray,
    shared,
]


def value(depth=0):
    if depth > 2 or rnd.random() < 0.6:
        return rnd.choice(MAKERS)()
    parts = [value(depth + 1) for _ in range(rnd.randint(0, 4))]
    sent, got = [part[0] for part in parts], [part[1] for part in parts]
    return rnd.choice([
        lambda: (sent, got),
        lambda: (tuple(sent), tuple(got)),
        lambda: (dict(enumerate(sent)), dict(enumerate(got))),
    ])()


def same(a, b):
    if isinstance(b, numpy.ndarray):  # numpy reads other orders of bytes as its machine's
        return isinstance(a, numpy.ndarray) and a.dtype.newbyteorder("=") == b.dtype.newbyteorder("=") \
            and numpy.array_equal(a, b)
    if isinstance(b, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(b, dict):
        return type(a) is dict and a.keys() == b.keys() and all(same(a[key], b[key]) for key in b)
    return type(a) is type(b) and a == b


config.SERIALIZER = "pickle"
config.PICKLE_PROTOCOL_VERSION = int(sys.argv[4])
proxy = Proxy(sys.argv[1])
for number in range(int(sys.argv[3])):
    sent, expected = value()
    got = proxy.echo(sent)
    if not same(got, expected):
        sys.exit("value %d: %.500r came back as %.500r" % (number, sent, got))
print("%s values" % sys.argv[3])
