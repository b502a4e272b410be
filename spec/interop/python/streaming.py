"""Fetches results item by item. usage: streaming.py URI"""
import sys
import time

import Pyro4

uri = sys.argv[1]
server = Pyro4.Proxy(uri)
daemon = Pyro4.Proxy("PYRO:Pyro.Daemon@" + uri.partition("@")[2])


def error(f, *args):
    try:
        f(*args)
    except Exception as x:
        return x
    raise SystemExit("no exception from %r" % (args,))


def closed(what):
    for _ in range(100):
        if server.what_closed() == what:
            return True
        time.sleep(0.02)


assert list(server.count(3)) == [1, 2, 3]
assert closed("iterator")
assert list(server.count(0)) == []
assert list(server.pairs()) == [["a", 1]]
assert list(server.yields()) == [1, "two", None, None]
assert closed("coroutine")
assert list(server.count(3, 0.02)) == [1, 2, 3], "items may take their time"

stream = server.breaks()
assert next(stream) == 1
x = error(next, stream)
assert type(x) is KeyError and x.args == ("broken",) and x._pyroTraceback, x
stream = server.count(10**9)
assert [next(stream) for _ in range(5)] == [1, 2, 3, 4, 5]
first, second = server.count(3), server.count(3)
assert [next(first), next(second), next(first), next(second)] == [1, 1, 2, 2]
stream.close()
assert closed("iterator")
assert str(error(daemon.get_next_stream_item, stream.streamId)) == "item stream terminated"
assert str(error(daemon.get_next_stream_item, "f15e80c7-1b4a-47f2-9cf5-00ca86551698")) == "item stream terminated"
daemon.close_stream("f15e80c7-1b4a-47f2-9cf5-00ca86551698")

# streams wait for their client to come back
stream = server.count(5)
assert next(stream) == 1
server._pyroReconnect()
assert next(stream) == 2
server.configure("ITER_STREAM_LINGER", 0)
stream = server.count(5)
assert next(stream) == 1
server._pyroReconnect()
assert str(error(next, stream)) == "item stream terminated"

# they do not live for ever
server.configure("POLLTIMEOUT", 0.05)
server.configure("ITER_STREAM_LIFETIME", 0.3)
stream = server.count(10**9)
try:
    while True:  # until the daemon looks at it
        next(stream)
        time.sleep(0.02)
except Exception as x:
    assert str(x) == "item stream terminated", x

server.configure("ITER_STREAMING", False)
assert "not configured to allow streaming" in str(error(server.count, 3))
server.configure("ITER_STREAMING", True)
server.configure("ITER_STREAM_LIFETIME", 0)
streams = [server.count(1) for _ in range(1000)]
assert "too many item streams" in str(error(server.count, 1))
del stream, streams, first, second  # Python may be past closing them when it ends
print("all well")
