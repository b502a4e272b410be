"""Stand-ins for what the suites serve in Python: each is a process of pyrolua."""
import os
import socket
import subprocess
import threading
import weakref

HERE = os.path.dirname(os.path.abspath(__file__))
PYROLUA = os.environ["PYROLUA"].split()
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYRO")}


def lua(value):
    """The value as an expression of Lua."""
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return '"%s"' % "".join("\\%03d" % byte for byte in value.encode("utf-8"))
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s = %s" % (key, lua(item)) for key, item in value.items())
    return "{%s}" % ", ".join(map(lua, sorted(value)))


class Process:
    """A program of pyrolua's, with its output at hand."""

    def __init__(self, *words, **environment):
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL"] + PYROLUA + list(words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True, bufsize=1,
            env=dict(ENVIRONMENT, **environment), stderr=open(os.environ["JUDGES_LOG"], "a"))
        self.closed = False

    def line(self):
        return self.process.stdout.readline().rstrip("\n")

    def wait(self):
        self.process.wait()

    def ends(self, seconds):
        """Waits so long; whether it has ended."""
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def close(self):
        if not self.closed:
            self.closed = True
            self.process.stdin.close()
            self.process.terminate()
            self.process.wait()
            self.process.stdout.close()


class Control(Process):
    """The program of served.lua."""

    def __init__(self, errors):
        super().__init__(os.path.join(HERE, "served.lua"))
        self.errors = errors
        self.lock = threading.Lock()

    def __call__(self, function, *arguments):
        with self.lock:
            self.process.stdin.write("%s(%s)\n" % (function, ", ".join(map(lua, arguments))))
            status, _, text = self.line().partition(" ")
        if status == "ok":
            return text
        name, _, message = text.partition(": ")
        raise self.errors.get(name, RuntimeError)(message or text)


class Settings:
    """Passes what a suite sets on to the daemons that run."""
    NAMES = ("COMMTIMEOUT", "POLLTIMEOUT", "REQUIRE_EXPOSE", "MAX_MESSAGE_SIZE", "COMPRESSION", "ITER_STREAMING",
             "ITER_STREAM_LINGER", "ITER_STREAM_LIFETIME", "ONEWAY_THREADED", "SERIALIZERS_ACCEPTED", "AUTOPROXY",
             "NATHOST", "NATPORT", "HOST")

    def __init__(self, config):
        self.config = config
        self.daemons = weakref.WeakSet()

        def assign(config, name, value):
            object.__setattr__(config, name, value)
            for daemon in list(self.daemons):
                self.tell(daemon.control, name, value)
        type(config).__setattr__ = assign

    def tell(self, control, name, value):
        if name in self.NAMES and not control.closed:
            control("set", name, 0.0 if value is None and name == "COMMTIMEOUT" else value)

    def add(self, daemon):
        for name in self.NAMES:
            if hasattr(self.config, name):
                self.tell(daemon.control, name, getattr(self.config, name))
        self.daemons.add(daemon)


class Objects:
    """What is registered with a daemon, by id."""

    def __init__(self, daemon):
        self.daemon = daemon

    def ids(self):
        return self.daemon.control("ids").split()

    def __len__(self):
        return len(self.ids())

    def __contains__(self, name):
        return name in self.ids()

    def __getitem__(self, name):
        for thing in self.daemon.things.values():
            if name == thing._pyroId:
                return thing
        self.daemon.control("serve")
        return self.daemon.proxyFor(name)


class Resources:
    """The resources of a ResourceService."""

    class Resource:
        def __init__(self, name, control):
            self.name = name
            self.control = control

        @property
        def close_called(self):
            return self.control("closed", self.name) == "true"

    def __init__(self, control, number):
        self.control = control
        self.number = number

    def __iter__(self):
        return iter([self.Resource(name, self.control) for name in self.control("resources", self.number).split()])


def daemon_class(pyro):
    """Makes what stands for Pyro's class Daemon. `pyro` has what differs between Pyro4 and Pyro5."""

    settings = Settings(pyro.config)

    class Daemon:
        def __init__(self, host=None, port=0, unixsocket=None, nathost=None, natport=None, interface=None,
                     connected_socket=None):
            self.control = Control(pyro.errors)
            self.objectsById = Objects(self)
            self.things = {}  # what is registered: its number is its own as long as it lives
            settings.add(self)
            options = {"host": host, "port": port, "unixsocket": unixsocket, "nathost": nathost, "natport": natport}
            try:
                location, _, nat = self.control("daemon", pyro.generation, {
                    name: value for name, value in options.items() if value is not None}).partition(" ")
            except Exception:
                self.control.close()
                raise
            self.locationStr, self.natLocationStr = location, nat or None
            self.sock = socket.socket(socket.AF_UNIX if unixsocket else socket.AF_INET)
            if type(self).__dict__.get("_handshake"):
                self.control("refuse", "rigged connection failure")

        def register(self, thing, objectId=None, force=False, weak=False):
            is_class = isinstance(thing, type)
            argument = "class" if is_class else getattr(thing, "name", None)
            clazz = thing if is_class else type(thing)
            name = clazz.__name__
            options = {option: True for option, on in (("force", force), ("weak", weak)) if on}
            number = id(thing)
            thing._pyroId = self.control("register", number, name, argument, objectId, options)
            thing._pyroDaemon = self
            self.control("named", name, clazz.__module__ + "." + name)
            if weak:
                weakref.finalize(thing, self.control, "forget", number)
            else:
                self.things[number] = thing
            if pyro.config.AUTOPROXY if hasattr(pyro.config, "AUTOPROXY") else True:
                pyro.make_autoproxy(clazz)
            if name == "ResourceService":
                thing.resources = Resources(self.control, number)
            return self.uriFor(thing)

        def unregister(self, thing):
            """Takes an object or a class, or an id."""
            self.control("unregister", thing if isinstance(thing, str) else id(thing))
            for number, other in list(self.things.items()):
                if thing is other or thing == other._pyroId:
                    del self.things[number]
                    del other._pyroId, other._pyroDaemon

        def uriFor(self, thing, nat=True):
            location = self.natLocationStr if nat and self.natLocationStr else self.locationStr
            name = thing if isinstance(thing, str) else getattr(thing, "_pyroId", None)
            if name is None:
                raise pyro.errors["DaemonError"]("object isn't registered")
            return pyro.URI("PYRO:%s@%s" % (name, location))

        def proxyFor(self, thing, nat=True):
            proxy = pyro.Proxy(self.uriFor(thing, nat))
            proxy._pyroBind()
            proxy._pyroRelease()
            return proxy

        def requestLoop(self, loopCondition=lambda: True):
            self.control("serve")
            while loopCondition() and not self.control.ends(pyro.config.POLLTIMEOUT):
                pass

        def shutdown(self):
            self.control.close()
            self.sock.close()

        close = shutdown

        def __getstate__(self):
            return {}  # as that of Pyro's own

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.close()

    Daemon.__module__, Daemon.__qualname__ = pyro.serving.__name__, "Daemon"
    return Daemon
