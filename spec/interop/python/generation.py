"""Pyro4 or Pyro5, by one set of names: whichever the program's first argument says."""
import importlib
import sys

NAME = sys.argv[1]
assert NAME in ("Pyro4", "Pyro5"), "usage: %s Pyro4|Pyro5 ..." % sys.argv[0]
api = importlib.import_module({"Pyro4": "Pyro4", "Pyro5": "Pyro5.api"}[NAME])

if NAME == "Pyro4":
    import Pyro4.core
    import Pyro4.message
    import Pyro4.util
    Batch, Blob = Pyro4.core.batch, Pyro4.core.SerializedBlob
    ping = Pyro4.message.Message.ping
    Serializer = Pyro4.util.SerializerBase
else:
    import Pyro5.protocol
    Batch, Blob = api.BatchProxy, api.SerializedBlob
    ping = Pyro5.protocol.SendingMessage.ping
    Serializer = api.SerializerBase

Daemon, Proxy, URI, config, context = api.Daemon, api.Proxy, api.URI, api.config, api.current_context
expose, oneway, behavior = api.expose, api.oneway, api.behavior


class Point(object):
    """Travels as its class's name, and becomes a point again."""
    __module__ = "catalogue"

    def __init__(self, x, y):
        self.x, self.y = x, y


class Stranger(object):
    """Travels as a class of another name, which nobody knows."""
    def __init__(self, name):
        self.name = name


sys.modules["catalogue"] = sys.modules[__name__]  # where pickles look for it
Serializer.register_class_to_dict(Point, lambda p: {"__class__": "catalogue.Point", "x": p.x, "y": p.y})
Serializer.register_dict_to_class("catalogue.Point", lambda name, d: Point(d["x"], d["y"]))
Serializer.register_class_to_dict(Stranger, lambda s: {"__class__": s.name, "x": 1})
