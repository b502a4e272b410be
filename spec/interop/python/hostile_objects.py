"""Servers that tell strange things of their objects, for the HTTP gateway. usage: hostile_objects.py"""
import threading

import Pyro4
from Pyro4.core import DaemonObject

METHOD = {"calls": 1, "in_flight": 0, "errors": {}, "p50": 0.1, "p99": 0.1, "buckets": []}


@Pyro4.expose
class Object(object):
    def hello(self):
        return "hello"

    def fail(self):
        raise ValueError("x")


@Pyro4.expose
class Refusing(DaemonObject):
    def ping(self):
        raise ValueError("x" + u"\xe9" * 400)


@Pyro4.expose
class Lying(DaemonObject):
    def get_metadata(self, objectId, as_lists=False, documented=False):
        told = DaemonObject.get_metadata(self, objectId, as_lists)
        told["parameters"] = {"hello": {"name": 1}, "fail": ["why"], "nobody": ["x"]}
        told["docs"] = {"hello": "Says it.", "fail": 1, "nobody": "x"}
        return told


@Pyro4.expose
class Wordy(DaemonObject):
    def stats(self, buckets):
        return {"uptime": 1, "methods": {"http.wordy." + "m" * 1000 + str(i): METHOD for i in range(1900)}}


@Pyro4.expose
class Long(DaemonObject):
    def stats(self, buckets):
        return {"uptime": 1, "methods": {"http.long.m": dict(METHOD, errors={"E" * 5000: 1})}}


@Pyro4.expose
class Crowd(DaemonObject):
    """One of many, each of which tells not quite too much."""
    def stats(self, buckets):
        name = (self.daemon.objectsById.keys() - {"Pyro.Daemon"}).pop()
        return {"uptime": 1, "methods": {"%s.%s%d" % (name, "c" * 1000, i): METHOD for i in range(220)}}


def serve(name, interface):
    daemon = Pyro4.Daemon(interface=interface)
    Pyro4.locateNS().register(name, daemon.register(Object(), name))
    threading.Thread(target=daemon.requestLoop).start()


serve("http.refusing", Refusing)
serve("http.lying", Lying)
serve("http.wordy", Wordy)
serve("http.long", Long)
for number in range(40):
    serve("http.crowd%d" % number, Crowd)
serve("http.usual", DaemonObject)
print("READY", flush=True)
