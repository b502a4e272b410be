"""Starts a trace, and serves the object at its end. usage: trace.py Pyro4|Pyro5 URI"""
import sys
import threading

from generation import Daemon, Proxy, context, expose

TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Last(object):
    @expose
    def see(self):
        return bytes(context.annotations.get("TRCP", b"none")).decode()


daemon = Daemon()
last = daemon.register(Last())
thread = threading.Thread(target=daemon.requestLoop)
thread.daemon = True
thread.start()

with Proxy(sys.argv[2]) as relay:
    for sent, seen in ((TRACE, TRACE.decode()), (b"nonsense", "none"), (None, "none")):
        context.annotations = {"TRCP": sent} if sent else {}
        got = relay.__getattr__("pass")(str(last))
        assert list(got) == [seen, seen], got
print("the trace went on")
