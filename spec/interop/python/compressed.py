"""Calls a server that compresses what pays. usage: compressed.py URI"""
import sys

import Pyro4

received = []
receive = Pyro4.socketutil.receiveData


def count(sock, size):
    received.append(size)
    return receive(sock, size)


Pyro4.socketutil.receiveData = count
server = Pyro4.Proxy(sys.argv[1])
server.configure("COMPRESSION", True)
del received[:]
assert server.echo("long " * 10000) == "long " * 10000
assert sum(received) < 1000, received
del received[:]
server.configure("COMPRESSION", False)
assert server.echo("long " * 10000) == "long " * 10000
assert sum(received) > 50000, received
Pyro4.config.COMPRESSION = True
assert server.echo("long " * 10000) == "long " * 10000
assert Pyro4.Proxy(sys.argv[1]).echo("long " * 10000) == "long " * 10000
print("all well")
