"""What a client of either generation gets from Pyro.Daemon.stats().
usage: stats.py Pyro4|Pyro5 SERIALIZER URI"""
import sys

from generation import Proxy, config

config.SERIALIZER = sys.argv[2]
uri = sys.argv[3]
COUNTS = {
    "connections": {"open": int, "accepted": int, "refused": dict},
    "handshakes": {"completed": int, "failed": int},
    "tls": {"completed": int, "failed": int, "resumed": int},
    "bytes": {"received": int, "sent": int},
    "proxies": {"connections": int, "calls": int, "raised": int, "lost": dict, "retries": int},
    "loop": {"steps": int, "lag": dict},
    "tasks": {"running": int, "started": int},
    "streams": {"open": int, "made": int},
    "memory": {"resident": int, "lua": int},
    "names": {"registered": int},
    "leases": {"held": int, "renewed": int, "ended": int},
    "storage": {"changes": int, "failed": int, "pending": int},
}
CALLS = {"calls": int, "in_flight": int, "errors": dict, "seconds": float, "p50": float, "p99": float, "p999": float}
ALL_CALLS = dict(CALLS, oneway=int, batches=int, refused=int)


def check(what, value, types):
    kinds = {key: type(item) for key, item in value.items()}
    assert kinds == types, (what, kinds)


def check_histogram(pairs, count):
    assert sum(pair[1] for pair in pairs) == count, pairs
    assert all(type(bound) is float and type(counted) is int for bound, counted in pairs), pairs


with Proxy(uri) as desk:
    assert [desk.add(i, 1) for i in range(3)] == [1, 2, 3]
    try:
        desk.fail("no")
    except ValueError:
        pass

with Proxy(uri.replace("desk@", "Pyro.Daemon@")) as daemon:
    stats = daemon.stats()
    full = daemon.stats(buckets=True)

assert set(stats) == set(COUNTS) | {"uptime", "calls", "methods"}, set(stats)
for section, types in COUNTS.items():
    check(section, stats[section], types)
check("calls", stats["calls"], ALL_CALLS)
assert type(stats["uptime"]) is float
assert stats["calls"]["errors"] == {"ValueError": 1}
assert stats["connections"]["accepted"] == stats["handshakes"]["completed"] == 2
methods = stats["methods"]
if not methods:
    print("totals are told")
    sys.exit()
assert {"desk.add", "desk.fail", "Pyro.Daemon.stats"} <= set(methods), methods
for name, method in methods.items():
    check(name, method, CALLS)
assert methods["desk.add"]["calls"] == 3 and not methods["desk.add"]["errors"]
assert methods["desk.fail"]["errors"] == {"ValueError": 1}
assert 0 < methods["desk.add"]["p50"] <= methods["desk.add"]["p999"]
check_histogram(full["methods"]["desk.add"]["buckets"], 3)
check_histogram(full["calls"]["buckets"], full["calls"]["calls"])
assert full["loop"]["lag"]["buckets"]
print("all is told")
