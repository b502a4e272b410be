# The same client in Python. Pyro4 serves a call in a thread of its own, Lua in a task.
import Pyro4


@Pyro4.expose
class Listener:
    def progress(self, step, steps):
        print("step", step, "of", steps)

    @Pyro4.oneway
    def done(self, result):
        print("done:", result)
        daemon.shutdown()


daemon = Pyro4.Daemon()
listener = Listener()
daemon.register(listener)
worker = Pyro4.Proxy("PYRONAME:example.callback")
worker.work(2, listener)
print("The work goes on over there.")
daemon.requestLoop()
