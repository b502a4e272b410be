"""Servers that tell strange things of their objects, for the HTTP gateway. usage: hostile_objects.py"""
import itertools
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

    def times_asked(self):
        return self.interface.asked


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
class Talkative(DaemonObject):
    def get_metadata(self, objectId, as_lists=False, documented=False):
        names = ["m%d" % i for i in range(200)]
        return {"methods": names + ["n" * 300], "attrs": [], "oneway": names[:2] + ["o%d" % i for i in range(1000)],
                "docs": {name: "d" * 4000 for name in names},
                "parameters": dict({name: ["p" * 1000] * 10 for name in names[100:]}, m0=["x"])}


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


MOST = 2 ** 53
LIES = [
    {"calls": -1}, {"calls": "many"}, {"calls": 1.5}, {"calls": MOST + 1}, {"calls": True}, {"in_flight": None},
    {"p99": float("nan")}, {"p50": float("inf")}, {"p99": 1e308}, {"p99": -1.0}, {"p99": "long"},
    {"errors": {"ValueError": -1}}, {"errors": ["ValueError"]}, {"errors": {"E%d" % i: 1 for i in range(101)}},
    {"buckets": [[float("nan"), 1]]}, {"buckets": [[1e308, 1]]}, {"buckets": [[1]]}, {"buckets": [1]},
    {"buckets": [[0.1, 1]] * 201},
]


def liar(stats):
    @Pyro4.expose
    class Liar(DaemonObject):
        asked = 0

        def stats(self, buckets):
            type(self).asked += 1
            return stats

    return Liar


@Pyro4.expose
class Failing(DaemonObject):
    counts = itertools.count()

    def stats(self, buckets):
        count = next(Failing.counts)
        return {"uptime": count + 1, "methods": {"http.failing.m%d" % i: dict(METHOD, errors={
            "E": count}) for i in range(30)}}


@Pyro4.expose
class Full(DaemonObject):
    def stats(self, buckets):
        full = {"calls": MOST, "in_flight": MOST, "errors": {"ValueError": MOST}, "p50": 1e9, "p99": 1e9,
                "buckets": [[1e9, MOST]] * 200}
        return {"uptime": float("nan"), "methods": {"http.full.m%d" % i: full for i in range(20)}}


def serve(name, interface):
    daemon = Pyro4.Daemon(interface=interface)
    served = Object()
    served.interface = interface
    Pyro4.locateNS().register(name, daemon.register(served, name))
    threading.Thread(target=daemon.requestLoop).start()


serve("http.refusing", Refusing)
serve("http.lying", Lying)
serve("http.talkative", Talkative)
serve("http.wordy", Wordy)
serve("http.long", Long)
for number in range(40):
    serve("http.crowd%d" % number, Crowd)
serve("http.usual", DaemonObject)
serve("http.failing", Failing)
serve("http.full", Full)
serve("http.many", liar({"methods": {"m%d" % i: METHOD for i in range(2001)}}))
for i, lie in enumerate(LIES):
    serve("http.liar%d" % i, liar({"uptime": 1, "methods": {"http.liar%d.m" % i: dict(METHOD, **lie)}}))
for i, told in enumerate([None, "x", [], {}, {"methods": [1]}, {"methods": {"http.x.y": 1}}]):
    serve("http.teller%d" % i, liar(told))
print("READY", flush=True)
