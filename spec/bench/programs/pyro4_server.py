"""Pyro4's server: what programs/server.lua serves."""
import threading
import Pyro4


@Pyro4.expose
@Pyro4.behavior(instance_mode="single")
class Bench:
    def __init__(self):
        self.called = 0
        self.lock = threading.Lock()

    def echo(self, value):
        return value

    @Pyro4.oneway
    def note(self, _):
        with self.lock:
            self.called += 1

    def noted(self):
        return self.called


Pyro4.config.SERIALIZERS_ACCEPTED.add("msgpack")
Pyro4.config.THREADPOOL_SIZE = 200  # for more clients than 40
daemon = Pyro4.Daemon(host="127.0.0.1")
daemon.register(Bench, "bench")
print("at", daemon.locationStr, flush=True)
daemon.requestLoop()
