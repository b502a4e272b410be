"""Sends values of all kinds to an echo; prints those that come back otherwise than from Python's own
echo. usage: echo_values.py URI URI-of-Python's"""
import datetime
import decimal
import math
import re
import sys
import uuid

import Pyro4

VALUES = [
    None, True, False, 0, 1, -1, 127, 128, -128, -129, 2**31, -2**31, 2**63 - 1, -2**63, 2**64 - 1, 2**64, -2**200,
    0.0, -0.0, 1.5, 3.0, 1e300, float("inf"), float("-inf"), float("nan"), 1 + 2j,
    "", "text", "ünï çödé \N{SNOWMAN} \U0001f600", "nul\0inside", "x" * 100000,
    b"\xff", bytes(range(256)), b"\xfe" * 100000, bytearray(b"\x80"),  # what is valid text, Lua returns as text
    [], [1, 2, 3], [None], [None, None, 1], [[], {}, [[]]], (), (1, "two"), set(), {1}, frozenset(["a"]),
    {}, {"a": 1}, {1: "one"}, {1: "a", 2: "b"}, {"1": 1, 1: 2}, {"a": {"b": {"c": [1, {"d": None}]}}}, {b"\xff": 1},
    {1.5: 2}, {True: 1}, {None: 1}, {"": ""}, {"__class__x": 1}, list(range(1000)),
    {str(i): i for i in range(1000)}, [[[[[[[[[[1]]]]]]]]]], [1, 2.0, "3", b"\xf4", None, [5], {"6": 7}],
    uuid.UUID(int=5), decimal.Decimal("1.50"), datetime.datetime(2020, 2, 29, 1, 2, 3, 456), datetime.date(1999, 12, 31),
    ValueError("bad", 1), KeyError("k"), ZeroDivisionError(), Pyro4.errors.NamingError("n"),
    Pyro4.URI("PYRO:x@host:1"), Pyro4.Proxy("PYRO:x@host:1"),
]


def shown(value):
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, dict):
        return "{%s}" % ", ".join(sorted("%s: %s" % (shown(k), shown(v)) for k, v in value.items()))
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(shown, value))
    return re.sub(" at 0x[0-9a-f]+", "", repr(value))


def echoed(proxy, value):
    try:
        return shown(proxy.echo(value))
    except Exception as x:
        if "strict_map_key" in str(x) or "msgpack has only str and bytes as keys" in str(x):
            return "no such key"  # Python's echo sends what its client cannot read, Lua's does not
        return "%s: %s" % (type(x).__name__, x)


ours, theirs = Pyro4.Proxy(sys.argv[1]), Pyro4.Proxy(sys.argv[2])
for value in VALUES:
    got, expected = echoed(ours, value), echoed(theirs, value)
    if got != expected:
        print(shown(value)[:60], "came back as", got[:100], "instead of", expected[:100])
print(len(VALUES), "values")
