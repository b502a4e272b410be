"""The objects of the catalogue: between them they answer in every way in which Pyro does.
usage: catalogue_server.py Pyro4|Pyro5; prints "plain LOCATION" and "guarded LOCATION"."""
import threading
import time

from generation import Daemon, Point, URI, behavior, context, expose, oneway


@expose
class Thing(object):
    def __init__(self):
        self._number = 3
        self.heard = []

    @property
    def number(self):
        return self._number

    @number.setter
    def number(self, value):
        self._number = value

    def echo(self, value):
        return value

    def add(self, a, b=10):
        return a + b

    def slow(self, seconds):
        time.sleep(seconds)

    def fail(self):
        error = ValueError("bad", 1)
        error.extra = "more"
        raise error

    def fail_unknown(self):
        raise Trouble("own")

    @oneway
    def note(self, text):
        self.heard.append(text)

    def noted(self):
        notes, self.heard = self.heard, []
        return notes

    def count_to(self, last):
        for i in range(1, last + 1):
            yield i

    def stumble(self):
        yield 1
        raise ValueError("stumbled")

    def circumstances(self):
        context.response_annotations = {"RSPN": b"answer"}
        return {"seq": context.seq, "flags": context.msg_flags, "serializer": context.serializer_id,
                "asked": bytes(context.annotations.get("ASKS", b"")).decode(),
                "correlation": str(context.correlation_id)}

    def other(self):
        return other

    def address(self, proxy):
        return str(proxy._pyroUri)

    def place(self):
        return URI("PYRO:some.id@some.host:4444")

    def place_text(self, uri):
        return str(uri)

    def open(self, blob):
        return [blob.info, blob.deserialized()]

    def mirror(self, point):
        return Point(point.y, point.x)

    def _private(self):
        return "secret"


class Half(object):
    @expose
    def shown(self):
        return "shown"

    def hidden(self):
        return "hidden"


class Counter(object):
    value = 0

    @expose
    def count(self):
        self.value += 1
        return self.value


class Guarded(Daemon):
    def validateHandshake(self, conn, data):
        if data != {"password": "sesame"}:
            raise ValueError("no entry")
        return ["welcome"]


class Trouble(Exception):
    """An exception that no client has heard of."""
    __module__ = "catalogue"


plain, guarded, other = Daemon(), Guarded(), Half()
plain.register(Thing(), "thing")
plain.register(other, "half")
for mode in "single", "session", "percall":
    plain.register(behavior(instance_mode=mode)(type(mode, (Counter,), {})), mode)
guarded.register(Half(), "half")
threading.Thread(target=guarded.requestLoop, daemon=True).start()
print("plain", plain.locationStr)
print("guarded", guarded.locationStr, flush=True)
plain.requestLoop()
