"""Talks to Lua by pickle, cloudpickle or dill, whichever PYRO_SERIALIZER says.
usage: pickle_kin.py serve | pickles.py use URI; prints "all well"."""
import datetime
import sys

import Pyro4


def local_function(x):
    return x + 1


class Local(object):
    pass


SERIALIZER = Pyro4.config.SERIALIZER
# what refuses these at the other end: the names of what would have to run
FUNCTION = {"pickle": "__main__.local_function", "cloudpickle": "cloudpickle.cloudpickle", "dill": "dill._dill"}
CLASS = {"pickle": "__main__.Local", "cloudpickle": "cloudpickle.cloudpickle", "dill": "dill._dill"}
VALUES = [
    None, True, 1, -2**200, 2.5, 1 + 2j, "t\u00e4xt", b"\0\xff", [], [1, [2]], (1, (2,)), {"a": 1, 2: "b", (3,): None}, {4, 5},
    frozenset([6]), datetime.datetime(2020, 2, 29, 1, 2, 3, 4), datetime.date(1999, 12, 31),
]


@Pyro4.expose
class Target(object):
    def echo(self, value):
        return value

    def serializer(self):
        return Pyro4.current_context.serializer_id

    def shown(self, value):
        return repr(value)

    def value(self, number):
        return VALUES[number]

    def count(self):
        return len(VALUES)

    def function(self):
        return local_function

    def klass(self):
        return Local

    def fail(self):
        error = ValueError("bad", 1)
        error.extra = {"more": (1, 2)}
        raise error

    def items(self):
        yield 1
        yield (2, 3)

    @Pyro4.oneway
    def note(self, text):
        self.noted = text

    def notes(self):
        return self.noted

    @property
    def number(self):
        return 3

    def call(self, other):
        return other.back("called")


def raised(kind, function, *args):
    try:
        function(*args)
    except kind as x:
        return x
    raise AssertionError("no %s from %r%r" % (kind, function, args))


def use(uri):
    proxy = Pyro4.Proxy(uri)
    for value in VALUES:
        got = proxy.echo(value)
        assert (type(got), got) == (type(value), value) or type(value) is bytes, (value, got)
    assert proxy.serializer() == {"pickle": 4, "dill": 5, "cloudpickle": 7}[SERIALIZER]
    x = raised(ValueError, proxy.fail)
    assert x.args == ("bad", 1) and x.extra == {"more": (1, 2)} and "in fail" in "".join(x._pyroTraceback), vars(x)
    for what, name in [(local_function, FUNCTION), (Local, CLASS)]:
        x = raised(Pyro4.errors.SecurityError, proxy.echo, [what])
        assert name[SERIALIZER] in str(x), x
        assert proxy.echo(1) == 1
    assert list(proxy.items()) == [1, (2, 3)]
    assert proxy.note("one") is None and proxy.notes() == "one" and proxy.number == 3
    batch = Pyro4.batch(proxy)
    batch.echo("a")
    batch.fail()
    results = batch()
    assert next(results) == "a"
    raised(ValueError, next, results)


class Callback(object):
    @Pyro4.expose
    def back(self, text):
        return text + " back"


def call_back(uri):
    daemon = Pyro4.Daemon()
    callback = Callback()
    daemon.register(callback)
    import threading
    threading.Thread(target=daemon.requestLoop, daemon=True).start()
    with Pyro4.Proxy(uri) as proxy:
        assert proxy.call(callback) == "called back"


if sys.argv[1] == "serve":
    daemon = Pyro4.Daemon()
    print("PORT", daemon.register(Target(), "target").port)
    daemon.requestLoop()
else:
    use(sys.argv[2])
    call_back(sys.argv[2])
    print("all well")
