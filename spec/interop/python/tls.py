"""A program that speaks TLS as its environment says.
With TLS_VERSION=1.2 it speaks no newer one. usage: tls.py Pyro4|Pyro5 serve, or call URI, which prints the answer, the client's certificate, and the server's."""
import os
import ssl
import sys

if os.environ.get("TLS_VERSION") == "1.2":
    newest = ssl.create_default_context

    def older(*args, **kwargs):
        made = newest(*args, **kwargs)
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        return made
    ssl.create_default_context = older

from generation import Daemon, Proxy, context, expose


def plain(value):
    """Shows a value in the same way whether it comes from Python or Lua."""
    if isinstance(value, dict):
        return {key: plain(value[key]) for key in sorted(value)}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@expose
class Desk(object):
    def greet(self, name):
        return "hello " + name

    def repeat(self, text, times):
        return text * times

    def who(self):
        return context.client.sock.getpeercert()


if sys.argv[2] == "serve":
    daemon = Daemon()
    print(daemon.register(Desk(), "desk"))
    daemon.requestLoop()
else:
    with Proxy(sys.argv[3]) as desk:
        print(desk.greet("python"), len(desk.repeat("x" * 1000, 1000)))
        print(plain(desk.who()))
        print(plain(desk._pyroConnection.sock.getpeercert()))
