"""Calls a method that fails and is marked as a callback. usage: callback_error.py URI"""
import sys

import Pyro4

server = Pyro4.Proxy(sys.argv[1])
for _ in range(2):
    try:
        server.fail("bad")
    except ValueError as x:
        assert x.args == ("bad", 2)
    else:
        raise SystemExit("no exception")
print("all well")
