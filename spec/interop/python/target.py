"""An object to be attacked."""
import Pyro4


@Pyro4.expose
class Target(object):
    def echo(self, value):
        return value

    def add(self, a, b):
        return a + b

    def _private(self):
        return "secret"


daemon = Pyro4.Daemon()
print("PORT", daemon.register(Target(), "target").port)
daemon.requestLoop()
