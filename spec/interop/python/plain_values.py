"""Serves values that stock serializers carry somehow; or prints them as a stock client gets them.
usage: plain_values.py Pyro4|Pyro5 serve | get URI"""
import array
import collections
import datetime
import decimal
import enum
import sys
import uuid

from generation import Daemon, Proxy, context, expose


class Colour(enum.Enum):
    RED = 1
    BLUE = "blue"


VALUES = [
    (1, [2]), {3}, frozenset([4]), set(), {(1, 2): 3}, {1: None}, datetime.time(1, 2, 3), datetime.timedelta(1, 2, 3000),
    datetime.datetime(2020, 2, 29, 1, 2, 3, 456), datetime.datetime(2020, 2, 29, tzinfo=datetime.timezone.utc),
    datetime.date(1999, 12, 31), Colour.RED, [Colour.BLUE], collections.deque([1, (2,)]), decimal.Decimal("1.50"),
    uuid.UUID(int=5), array.array("d", [1.5]), 2**70, -1.5e300, 1 + 2j, "text", None, [True],
]


@expose
class Target(object):
    def shown(self, value):
        return repr(value)

    def count(self):
        return len(VALUES)

    def value(self, i):
        return VALUES[i]

    def stream(self):
        yield (2, {3: 4})

    def annotations(self):
        return sorted(context.annotations)


if sys.argv[2] == "serve":
    daemon = Daemon()
    print("PORT", daemon.register(Target(), "target").port)
    daemon.requestLoop()
else:
    with Proxy(sys.argv[3]) as proxy:
        for i in range(proxy.count()):
            print(repr(proxy.value(i)))
