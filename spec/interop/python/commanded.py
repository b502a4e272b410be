"""An object for one-line uses, served by Pyro4 or Pyro5: its name is the argument."""
import sys

if sys.argv[1] == "Pyro5":
    import Pyro5.api as Pyro
else:
    import Pyro4 as Pyro


@Pyro.expose
class Shop(object):
    def __init__(self):
        self._visits = 0

    @property
    def visits(self):
        return self._visits

    def visit(self, name, greeting="Hello"):
        if not name:
            raise ValueError("a name is needed")
        self._visits += 1
        return greeting + " " + name

    def prices(self):
        return {"chair": 2.5}

    @Pyro.oneway
    def note(self, text):
        pass


daemon = Pyro.Daemon()
print(daemon.register(Shop(), "the.shop"))
daemon.requestLoop()
