"""One end of a socket pair; the program that is started has the other.
usage: connected.py Pyro4|Pyro5 serve|call COMMAND...; the command gets its descriptor as last argument."""
import socket
import subprocess
import sys
import threading

from generation import Daemon, Proxy, expose


@expose
class Echo(object):
    def echo(self, value):
        return value


ours, theirs = socket.socketpair()
program = subprocess.Popen(sys.argv[3:] + [str(theirs.fileno())], pass_fds=[theirs.fileno()])
theirs.close()
if sys.argv[2] == "serve":
    daemon = Daemon(connected_socket=ours)
    daemon.register(Echo(), "echo")
    threading.Thread(target=daemon.requestLoop, daemon=True).start()
    sys.exit(program.wait())
else:
    print(Proxy("echo", connected_socket=ours).echo("there"))
    program.terminate()
    program.wait()
