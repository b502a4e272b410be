"""Puts `pyrolua -m pyro.naming` in the place of Pyro's name server."""
import re
import threading

import remote


class NameServer:
    """A name server's process; as the suites see it, its daemon, and its broadcast responder as well."""

    def __init__(self, pyro, host=None, port=None, enableBroadcast=True, bchost=None, bcport=None, unixsocket=None,
                 nathost=None, natport=None, storage=None, hmac=None):
        options = {"-n": host, "-p": port, "--bchost": bchost, "--bcport": bcport, "-u": unixsocket,
                   "--nathost": nathost, "--natport": natport, "-s": storage, "-k": hmac and hmac.decode()}
        words = [str(word) for option, value in options.items() if value is not None for word in (option, value)]
        self.process = remote.Process("-m", "pyro.naming", *words, *([] if enableBroadcast else ["-x"]))
        self.pyro, self.port, self.uri, self.internal = pyro, None, None, None
        while not self.uri:
            line = self.process.line()
            said = re.match(r"Broadcast server running on .*:(\d+)$", line)
            self.port = int(said.group(1)) if said else self.port
            said = re.match(r"(internal |external |)URI = (.*)", line)
            if said and said.group(1) == "internal ":
                self.internal = pyro.URI(said.group(2))
            elif said:
                self.uri = pyro.URI(said.group(2))
            elif not line:
                raise pyro.errors["NamingError"]("the name server has ended")

    def uriFor(self, name):
        return self.pyro.URI("PYRO:%s@%s" % (name, self.uri.location))

    def requestLoop(self):
        self.process.wait()

    def shutdown(self):
        self.process.close()

    close = shutdown


class Broadcast:
    sock = True

    def __init__(self, server):
        self.server = server
        self.nsUri = server.internal or server.uri

    def runInThread(self):
        thread = threading.Thread(target=lambda: None)
        thread.start()
        return thread

    def getPort(self):
        return self.server.port

    def fileno(self):
        return self.server.process.process.stdout.fileno()

    def close(self):
        self.server.close()


class Storage:
    """Where an offline test's name server has its names: a process that lives as long."""

    def __init__(self, pyro, where="memory"):
        self.pyro = pyro
        self.where = where
        self.server = None

    def names(self):
        if not self.server:
            self.server = NameServer(self.pyro, host="localhost", port=0, enableBroadcast=False, storage=self.where)
        proxy = self.pyro.Proxy(self.server.uri)
        proxy._pyroSerializer = "serpent"  # which keeps sets
        return proxy

    def clear(self):
        with self.names() as names:
            names.remove(prefix="")

    def close(self):
        if self.server:
            self.server.close()
            self.server = None


OWN = "Pyro.NameServer"


class Names:
    """An offline test's name server: without the name that a real one registers for itself."""

    def __init__(self, storage):
        self.storage = storage
        self.proxy = storage.names()
        self.own_known = False

    def register(self, name, uri, *arguments, **named):
        if name == OWN:  # it has done so itself, and refuses another one
            self.own_known = True
            return
        self.proxy.register(name, uri, *arguments, **named)

    def without_own(self, names):
        if not self.own_known:
            names.pop(OWN, None)
        return names

    def list(self, *arguments, **named):
        return self.without_own(self.proxy.list(*arguments, **named))

    def yplookup(self, *arguments, **named):
        return self.without_own(self.proxy.yplookup(*arguments, **named))

    def count(self):
        return self.proxy.count() - (not self.own_known)

    def __getattr__(self, name):
        return getattr(self.proxy, name)


def cannot_clean(*arguments, **named):
    raise NotImplementedError("autoclean")


def swap(pyro):
    def start(*arguments, **named):
        server = NameServer(pyro, *arguments, **named)
        return server.uri, server, Broadcast(server) if server.port else None

    setattr(pyro.naming, pyro.start_name_server, start)
    pyro.naming.NameServerDaemon = cannot_clean  # as the suites start it themselves for nothing else
    pyro.naming.MemoryStorage = lambda: Storage(pyro)
    pyro.storage.SqlStorage = lambda file: Storage(pyro, "sql:" + file)
    pyro.naming.NameServer = lambda storageProvider: Names(storageProvider)
