"""Serves an object on the connected socket that it gets as its descriptor 3.
usage: socket_server.py Pyro4|Pyro5"""
import socket

from generation import Daemon, expose


@expose
class Thing(object):
    def echo(self, value):
        return value

    def __len__(self):
        return 5

    def count_to(self, last):
        return iter(range(1, last + 1))


daemon = Daemon(connected_socket=socket.socket(fileno=3))
daemon.register(Thing(), "thing")
daemon.requestLoop()
