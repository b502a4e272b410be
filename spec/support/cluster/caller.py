# Calls objects by name with stock Pyro4, and tells how each call ended: looks the name up at the first
# of some name servers that answers, as a program does that knows of several.
# usage: caller.py ADDRESS,ADDRESS NAME...
import sys
import time
import Pyro4

Pyro4.config.COMMTIMEOUT = 3


def look_up(name):
    for address in sys.argv[1].split(","):
        try:
            with Pyro4.locateNS(address) as ns:
                return ns.lookup(name)
        except Pyro4.errors.CommunicationError:
            pass
    raise Pyro4.errors.NamingError("no name server answers")


while True:
    for name in sys.argv[2:]:
        try:
            with Pyro4.Proxy(look_up(name)) as proxy:
                assert proxy.whoami() == name
            outcome, why = "called", ""
        except Exception as x:
            outcome, why = "failed", "%s: %s" % (type(x).__name__, str(x).replace("\n", " "))
        print(outcome, name, "%.3f" % time.monotonic(), why, flush=True)
    time.sleep(0.1)
