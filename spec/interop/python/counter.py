"""An object with all that objects have in Pyro."""
import threading

import Pyro4


@Pyro4.expose
class Counter(object):
    def __init__(self):
        self._value = 0
        self.notes = []
        self._released = threading.Event()

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = value

    def add(self, amount=1, times=1):
        self._value += amount * times
        return self._value

    def release(self):
        self._released.set()

    @Pyro4.oneway
    def add_later(self, amount):
        self._released.wait()
        self._value += amount

    def tell(self, listener, text):
        return listener.hear(text)

    def fail(self, name, *args):
        errors = {"PyroError": Pyro4.errors.PyroError, "NamingError": Pyro4.errors.NamingError}
        raise (errors.get(name) or getattr(__builtins__, name))(*args)

    def _private(self):
        return "secret"


daemon = Pyro4.Daemon()
print("PORT", daemon.register(Counter(), "target").port)
daemon.requestLoop()
