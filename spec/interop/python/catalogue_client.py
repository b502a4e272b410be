"""What clients do with the objects of the catalogue, and what they have to get.
usage: catalogue_client.py Pyro4|Pyro5 SERIALIZER [list], with lines "CASE<tab>LOCATION" on standard
input; prints a line "ok CASE" or "failed CASE: why" for each. With list it lists "CASE<tab>SERVER"."""
import datetime
import decimal
import gc
import sys
import time
import traceback
import uuid

from generation import NAME, Batch, Blob, Point, Proxy, Stranger, URI, config, context, ping

CASES = {}
SERIALIZER = sys.argv[2]


def case(server, generation=NAME, without=()):
    """Marks what is done with a server of a kind; `generation` where only that one can, `without` the
    serializers with which Pyro itself cannot, or with which there is nothing to see."""
    def mark(function):
        if generation == NAME and SERIALIZER not in without:
            CASES[function.__name__.replace("_", " ")] = (server, function)
        return function
    return mark


def raised(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as x:
        return x
    raise AssertionError("no exception from %r %r" % (args, kwargs))


def fails(kind, text, function, *args, **kwargs):
    x = raised(function, *args, **kwargs)
    assert type(x).__name__ == kind and text in str(x), repr(x)
    return x


def thing(at, name="thing"):
    return Proxy("PYRO:%s@%s" % (name, at))


VALUES = [  # those that all serializers carry
    None, True, False, 0, 1, -1, 127, -129, 2**31, -2**31 - 1, 2**63 - 1, -2**63, 1.5, -0.0, 1e16, 1e300, 5e-324,
    float("inf"), float("-inf"), "", "text", "it's \"quoted\"\\\r\n\t\0", "\u00fcn\u00ef \N{SNOWMAN} \U0001f600",
    [], [1, 2.0, "3"], [None, [None]], [[], {}], {}, {"a": 1}, {"a": {"b": [1, {"c": None}]}},
]
MORE = {  # and what only some do
    "serpent": [(1, "two"), {1, 2}, {1: "one"}, {(1, 2): "pair"}, 2**64, -2**200, 1 + 2j],
    "marshal": [(1, "two"), {1, 2}, {1: "one"}, {(1, 2): "pair"}, 2**64, -2**200, 1 + 2j, b"\0\xff"],
    "json": [2**64, -2**200],
    "pickle": [(1, "two"), {1, 2}, {1: "one"}, {(1, 2): "pair"}, 2**64, -2**200, 1 + 2j, b"\0\xff",
               datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.date(1999, 12, 31)],
    "msgpack": [2**64, -2**200, 1 + 2j, b"\0\xff", datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.date(1999, 12, 31)],
}


@case("plain")
def connect(at):
    with thing(at) as p:
        assert p._pyroBind() and not p._pyroBind()
        assert p._pyroOneway == {"note"} and p._pyroAttrs == {"number"}
        assert {"echo", "fail", "count_to"} < p._pyroMethods and "_private" not in p._pyroMethods


@case("plain")
def values(at):
    with thing(at) as p:
        for value in VALUES:
            assert repr(p.echo(value)) == repr(value), value


@case("plain")
def more_values(at):
    with thing(at) as p:
        for value in MORE[SERIALIZER]:
            assert p.echo(value) == value, value


@case("plain")
def not_a_number(at):
    with thing(at) as p:
        value = p.echo(float("nan"))
        assert value != value


@case("plain", without=["pickle"])
def other_types(at):
    """What travels one way only, as something simpler."""
    with thing(at) as p:
        assert p.echo(uuid.UUID(int=5)) == "00000000-0000-0000-0000-000000000005"
        if SERIALIZER != "marshal":
            assert p.echo(decimal.Decimal("1.50")) == "1.50"
        if SERIALIZER in ("serpent", "json"):
            assert p.echo(datetime.date(1999, 12, 31)) == "1999-12-31"


@case("plain")
def arguments(at):
    with thing(at) as p:
        assert p.add(1) == 11 and p.add(1, 2) == 3 and p.add(1, b=5) == 6 and p.add(b=2, a=1) == 3
        fails("TypeError", "", p.add)


@case("plain", without=["marshal"])
def attributes(at):
    with thing(at) as p:
        assert p.number == 3
        p.number = 5
        assert p.number == 5
        p.number = 3
        fails("AttributeError", "remote object 'PYRO:thing@%s' has no exposed attribute" % at, getattr, p, "nothing")
        fails("AttributeError", "remote object 'PYRO:thing@%s' has no exposed attribute" % at, setattr, p, "nothing", 1)


@case("plain")
def exposure(at):
    with thing(at, "half") as half:
        assert half.shown() == "shown"
        fails("AttributeError", "has no exposed attribute or method 'hidden'", getattr, half, "hidden")
        assert half._pyroMethods == {"shown"}


@case("plain", without=["marshal"])
def what_is_not_exposed(at):
    """It is believed to be there, and called: the server has to refuse."""
    with thing(at, "half") as half:
        half._pyroBind()
        half._pyroMethods |= {"hidden"}
        fails("AttributeError", "hidden", half.hidden)
    with thing(at) as p:
        p._pyroBind()
        p._pyroMethods |= {"nothing", "_private"}
        p._pyroAttrs |= {"missing", "_number"}
        fails("AttributeError", "nothing", p.nothing)
        fails("AttributeError", "_private", p._private)
        fails("AttributeError", "__init__", p._pyroInvoke, "__init__", (), {})
        fails("AttributeError", "missing", getattr, p, "missing")
        fails("AttributeError", "_number", getattr, p, "_number")
        fails("AttributeError", "missing", setattr, p, "missing", 1)


@case("plain")
def exceptions(at):
    with thing(at) as p:
        x = fails("ValueError", "bad", p.fail)
        assert x.args == ("bad", 1) and x.extra == "more" and "Traceback" in x._pyroTraceback[0]


@case("plain", without=["pickle"])
def an_unknown_exception(at):
    with thing(at) as p:
        assert "unsupported serialized class: catalogue.Trouble" in str(raised(p.fail_unknown))


@case("plain")
def oneway_calls(at):
    with thing(at) as p:
        assert p.note("one") is None
        noted = p.noted()
        while not noted:
            time.sleep(0.02)
            noted = p.noted()
        assert noted == ["one"]


@case("plain", without=["marshal"])
def batch(at):
    with thing(at) as p:
        calls = Batch(p)
        calls.echo("a")
        calls.add(1, b=2)
        assert list(calls()) == ["a", 3]
        calls.echo(1)
        calls.fail()
        calls.echo(2)
        results = calls()
        assert next(results) == 1
        fails("ValueError", "bad", next, results)


@case("plain", without=["marshal"])
def oneway_batch(at):
    with thing(at) as p:
        calls = Batch(p)
        calls.echo("a")
        calls.noted()
        assert calls(oneway=True) is None
        assert p.echo(1) == 1


@case("plain")
def stream(at):
    with thing(at) as p:
        assert list(p.count_to(3)) == [1, 2, 3]


@case("plain")
def several_calls(at):
    """Clients in Lua do not wait in between."""
    with thing(at) as p:
        assert p.echo("a") == "a" and p.add(1) == 11
        fails("ValueError", "bad", p.fail)


@case("plain", "Pyro4")
def futures(at):
    with thing(at) as p:
        p._pyroAsync()
        assert p.echo("a").value == "a"
        assert p.add(1).then(lambda value: value * 2).value == 22
        assert fails("ValueError", "bad", getattr, p.fail(), "value").args == ("bad", 1)


@case("plain")
def timeouts(at):
    with thing(at) as p:
        p._pyroTimeout = 0.3
        fails("TimeoutError", "", p.slow, 1)
        p._pyroTimeout = None
        assert p.echo(1) == 1


@case("plain")
def another_serializer(at):
    with thing(at) as p:
        p._pyroSerializer = "marshal" if SERIALIZER == "json" else "json"
        assert p.echo([1, "a"]) == [1, "a"]
        fails("ValueError", "bad", p.fail)


@case("plain")
def a_stream_that_fails(at):
    with thing(at) as p:
        items = p.stumble()
        assert next(items) == 1
        fails("ValueError", "stumbled", next, items)


@case("plain")
def a_closed_stream(at):
    with thing(at) as p:
        items = p.count_to(3)
        assert next(items) == 1
        items.close()
        assert p.echo(1) == 1


@case("plain")
def an_unknown_stream(at):
    with thing(at, "Pyro.Daemon") as p:
        fails("PyroError", "item stream terminated", p.get_next_stream_item, "nonsense")


@case("plain")
def call_context(at):
    with thing(at) as p:
        p._pyroBind()
        context.annotations = {"ASKS": b"question"}
        context.correlation_id = uuid.UUID(int=5)
        seen = p.circumstances()
        assert seen["asked"] == "question" and seen["correlation"] == str(uuid.UUID(int=5)) and seen["seq"] == 1, seen
        assert bytes(context.response_annotations["RSPN"]) == b"answer"
        context.correlation_id = None


@case("plain", without=["marshal"])
def proxies(at):
    with thing(at) as p:
        half = p.other()
        assert isinstance(half, Proxy) and half._pyroUri.object == "half"
        assert p.address(Proxy("PYRO:some.id@some.host:4444")) == "PYRO:some.id@some.host:4444"


@case("plain")
def uris(at):
    with thing(at) as p:
        assert p.place() == URI("PYRO:some.id@some.host:4444")
        for text in "PYRONAME:a.name", "PYRO:an.id@./u:/some/socket":
            assert p.place_text(URI(text)) == text


@case("plain", without=["json"])
def blobs(at):
    with thing(at) as p:
        info, data = p.open(Blob("label", [1, "a"]))
        assert info == "label" and list(data) == [1, "a"]


@case("plain")
def custom_classes(at):
    with thing(at) as p:
        point = p.mirror(Point(1, 2))
        assert (point.x, point.y) == (2, 1)


@case("plain", without=["pickle"])
def unknown_classes(at):
    with thing(at) as p:
        fails("SerializeError", "unsupported serialized class: catalogue.Unknown", p.echo, Stranger("catalogue.Unknown"))


@case("plain", without=["pickle"])
def suspicious_classes(at):
    with thing(at) as p:
        x = raised(p.echo, Stranger("os__system.x"))
        assert "refused to deserialize types with double underscores in their name: os__system.x" in str(x)


@case("plain")
def instance_modes(at):
    for mode, counts in ("single", [1, 2, 3, 4]), ("session", [1, 2, 1, 2]), ("percall", [1, 1, 1, 1]):
        seen = []
        for _ in range(2):
            with thing(at, mode) as p:
                seen += [p.count(), p.count()]
        base = seen[0] - 1 if mode == "single" else 0
        assert [count - base for count in seen] == counts


@case("plain")
def pings(at):
    with thing(at) as p:
        p._pyroBind()
        ping(p._pyroConnection)
        assert p.echo(1) == 1


@case("plain")
def the_daemon(at):
    with thing(at, "Pyro.Daemon") as p:
        assert sorted(p.registered()) == ["Pyro.Daemon", "half", "percall", "session", "single", "thing"]
        assert p.ping() is None
        assert set(p.get_metadata("half")["methods"]) == {"shown"}
        assert "Pyro.Daemon" in p._pyroUri.object and "%s" % p.info()


@case("plain")
def an_unknown_object(at):
    with thing(at, "nobody") as p:
        fails("CommunicationError", "rejected: unknown object", p._pyroBind)


@case("plain")
def a_call_of_nobody(at):
    with thing(at) as p:
        fails("DaemonError", "unknown object", p._pyroInvoke, "echo", (1,), {}, objectId="nobody")


@case("guarded")
def handshake_accepted(at):
    class Visitor(Proxy):
        def _pyroValidateHandshake(self, response):
            responses.append(response)

    responses = []
    with Visitor("PYRO:half@" + at) as p:
        p._pyroHandshake = {"password": "sesame"}
        assert p.shown() == "shown" and responses == [["welcome"]]


@case("guarded")
def handshake_refused(at):
    with thing(at, "half") as p:
        fails("CommunicationError", "rejected: no entry", p._pyroBind)


@case("compressing")
def compression(at):
    config.COMPRESSION = True
    try:
        with thing(at) as p:
            assert p.echo("x" * 500) == "x" * 500
            assert p.echo("short") == "short"
    finally:
        config.COMPRESSION = False


@case("picky", "Pyro4")
def a_refused_serializer(at):
    with thing(at) as p:
        fails("CommunicationError", "message used serializer that is not accepted", p._pyroBind)


@case("naming", without=["marshal"])
def name_server(at):
    with thing(at, "Pyro.NameServer") as ns:
        assert ns.ping() is None and ns.count() == 1 and list(ns.list()) == ["Pyro.NameServer"]
        ns.register("a.one", "PYRO:one@localhost:1111")
        ns.register("a.two", URI("PYRO:two@localhost:2222"), metadata=["red"])
        ns.register("b.three", "PYRO:three@./u:/some/socket", safe=True)
        assert ns.count() == 4 and ns.lookup("a.one") == URI("PYRO:one@localhost:1111")
        uri, tags = ns.lookup("a.two", return_metadata=True)
        assert uri == URI("PYRO:two@localhost:2222") and list(tags) == ["red"]
        assert ns.list(prefix="a.") == {"a.one": "PYRO:one@localhost:1111", "a.two": "PYRO:two@localhost:2222"}
        assert list(ns.list(regex=".*ee$")) == ["b.three"]
        uri, tags = ns.list(prefix="a.two", return_metadata=True)["a.two"]
        assert uri == "PYRO:two@localhost:2222" and list(tags) == ["red"]
        ns.set_metadata("a.one", ["fruit"])
        assert sorted(ns.lookup("a.one", return_metadata=True)[1]) == ["fruit"]
        assert ns.remove("a.one") == 1 and ns.remove("a.one") == 0 and ns.remove("Pyro.NameServer") == 0
        assert ns.remove(prefix="a.") == 1 and ns.remove(regex="b.*") == 1 and ns.count() == 1


@case("naming")
def name_server_errors(at):
    with thing(at, "Pyro.NameServer") as ns:
        fails("NamingError", "unknown name: nobody", ns.lookup, "nobody")
        fails("NamingError", "unknown name: nobody", ns.set_metadata, "nobody", ["x"])
        fails("NamingError", "name already registered: Pyro.NameServer", ns.register, "Pyro.NameServer",
              "PYRO:one@localhost:1111", safe=True)
        fails("NamingError", "invalid regex", ns.list, regex="(")
        fails("ValueError", "you can only filter on one thing at a time", ns.list, prefix="a", regex="b")
        fails("TypeError", "only URIs or strings can be registered", ns.register, "a", 5)
        fails("TypeError", "name must be a str", ns.register, 5, "PYRO:one@localhost:1111")
        fails("PyroError", "invalid", ns.register, "a", "nonsense")


@case("naming", "Pyro4")
def metadata_lists(at):
    with thing(at, "Pyro.NameServer") as ns:
        ns.register("a.one", "PYRO:one@localhost:1111", metadata=["fruit"])
        ns.register("a.two", "PYRO:two@localhost:2222", metadata=["fruit", "red"])
        assert list(ns.list(metadata_all=["fruit", "red"])) == ["a.two"]
        assert sorted(ns.list(metadata_any=["fruit", "red"])) == ["a.one", "a.two"]
        assert ns.remove(prefix="a.") == 2


@case("naming", "Pyro5")
def yellow_pages(at):
    with thing(at, "Pyro.NameServer") as ns:
        ns.register("a.one", "PYRO:one@localhost:1111", metadata=["fruit"])
        ns.register("a.two", "PYRO:two@localhost:2222", metadata=["fruit", "red"])
        ns.register("a.three", "PYRO:three@localhost:3333", metadata=["blue"])
        assert list(ns.yplookup(meta_all=["fruit", "red"], return_metadata=False)) == ["a.two"]
        assert sorted(ns.yplookup(meta_any=["fruit", "red"], return_metadata=False)) == ["a.one", "a.two"]
        uri, tags = ns.yplookup(["blue"])["a.three"]
        assert uri == "PYRO:three@localhost:3333" and list(tags) == ["blue"]
        fails("ValueError", "you can't use meta_all or meta_any at the same time", ns.yplookup, ["a"], ["b"])
        assert ns.remove(prefix="a.") == 3


def main():
    config.SERIALIZER = SERIALIZER
    for line in sys.stdin:
        name, at = line.rstrip("\n").split("\t")
        context.annotations = {}  # Pyro5 keeps what blobs leave there
        try:
            CASES[name][1](at)
            print("ok", name, flush=True)
        except Exception as x:
            where = traceback.extract_tb(x.__traceback__)
            lines = "; ".join("%s:%d" % (f.name, f.lineno) for f in where)
            print("failed %s: %r (%s)" % (name, x, lines), flush=True)
        gc.collect()  # streams and connections end here, not in another case


if sys.argv[3:] == ["list"]:
    for name, (server, _) in CASES.items():
        print("%s\t%s" % (name, server))
else:
    main()
