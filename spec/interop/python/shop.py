"""A class and exceptions of one's own, between Python and Lua. usage: shop.py serve | shop.py use URI"""
import sys

import Pyro4
from Pyro4.util import SerializerBase


class Item(object):
    __module__ = "shop"

    def __init__(self, name, price):
        self.name, self.price = name, price


class OutOfStock(Exception):
    __module__ = "shop"

    def __init__(self, name, wanted=0):
        super().__init__(name)
        self.wanted = wanted


class Ware(object):
    """Of the main program: only pickles tell its class, and Lua has it without a module."""


class Stranger(Exception):
    """Not registered: Pyro itself cannot receive it."""


sys.modules["shop"] = sys.modules[__name__]  # where pickles look for them
SerializerBase.register_class_to_dict(Item, lambda i: {"__class__": "shop.Item", "name": i.name, "price": i.price})
SerializerBase.register_dict_to_class("shop.Item", lambda name, d: Item(d["name"], d["price"]))
SerializerBase.register_class_to_dict(
    OutOfStock, lambda x: {"__class__": "shop.OutOfStock", "name": x.args[0], "wanted": x.wanted})
SerializerBase.register_dict_to_class("shop.OutOfStock", lambda name, d: OutOfStock(d["name"], d["wanted"]))


@Pyro4.expose
class Shop(object):
    def find(self, name):
        return [Item(name, 3)]

    def price(self, item, times):
        assert isinstance(item, Item), item
        return item.price * times

    def buy(self, name):
        raise OutOfStock(name, 5)

    def echo(self, value):
        return value

    def fail(self, how):
        if how == "attributes":
            x = ValueError("bad", [1, 2])
            x.code, x.detail, x._private = 7, {"where": "here"}, "p"
            raise x
        if how == "system":
            open("/no/such/file")
        if how == "unicode":
            b"a\xff".decode("utf-8")
        if how == "group":
            raise ExceptionGroup("both", [ValueError("v"), KeyError("k")])
        if how == "notes":
            x = RuntimeError("bad")
            x.add_note("look here")
            raise x
        if how == "timeout":
            raise TimeoutError("builtin")
        if how == "naming":
            raise Pyro4.errors.NamingError("n")
        if how == "unsendable":
            raise ValueError(sys)
        raise Stranger("who", 1)


def raised(f, *args):
    try:
        f(*args)
    except Exception as x:
        return x
    raise SystemExit("no exception from %r" % (args,))


def use(shop):
    item = shop.find("chair")[0]
    assert isinstance(item, Item) and (item.name, item.price) == ("chair", 3), item
    assert shop.price(Item("table", 7), 2) == 14
    assert shop.echo([Item("x", Item("y", 1))])[0].price.name == "y"
    if Pyro4.config.SERIALIZER == "pickle":
        ware = Ware()
        ware.size = 3
        got = shop.measure([ware, ware])
        assert [type(w) for w in got] == [Ware] and got[0].size == 6, got
    x = raised(shop.buy, "sofa")
    assert isinstance(x, OutOfStock) and x.args == ("sofa",) and x.wanted == 5, x
    assert "broken" in str(raised(shop.price, Item("broken", 0), 1))

    for how, kind, args in [
            ("text", RuntimeError, None), ("number", RuntimeError, ("7",)), ("nil", RuntimeError, ("nil",)),
            ("key", KeyError, ("k",)), ("several", FileNotFoundError, (2, "No such file")), ("shaped", LookupError, ("shaped",)),
            ("own", RuntimeError, ("Mine: text",)), ("naming", Pyro4.errors.NamingError, ("n",)),
            ("communication", Pyro4.errors.CommunicationError, ("c",)),
            ("timeout", Pyro4.errors.TimeoutError, ("t",)), ("builtin", TimeoutError, ("t",)),
            ("speaking", RuntimeError, ("spoken",)), ("binary", RuntimeError, ("caf\\xe9",)),
            ("unsendable", Pyro4.errors.PyroError, None), ("attributes", ValueError, ("bad", [1, {"a": None}]))]:
        x = raised(shop.fail, how)
        assert type(x) is kind and (args is None or x.args == args), (how, type(x), x.args)
        assert x._pyroTraceback[0].startswith("Traceback"), x._pyroTraceback
        assert "in fail" in "".join(Pyro4.util.getPyroTraceback(type(x), x, x.__traceback__)), x._pyroTraceback
    assert "args[1]: a function cannot travel" in str(raised(shop.fail, "unsendable"))
    x = raised(shop.fail, "attributes")
    assert (x.code, list(x.detail["where"]), x.reason.args) == (7, [1, 2], ("why",)), vars(x)
    strange = {"msgpack": Pyro4.errors.SerializeError, "pickle": RuntimeError}  # a pickle names no class that is not registered
    assert type(raised(shop.fail, "stranger")) is strange[Pyro4.config.SERIALIZER]

    sent = ValueError("v", 1)
    sent.code = 3
    x = shop.echo([sent, UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), TimeoutError(1)])
    assert (type(x[0]), x[0].args, x[0].code) == (ValueError, ("v", 1), 3), x
    assert (type(x[1]), x[1].object, type(x[2])) == (UnicodeDecodeError, b"\xff", TimeoutError), x

    if Pyro4.config.SERIALIZER == "pickle":  # a served object that travels as a copy has its daemon in it
        Pyro4.config.AUTOPROXY = False
        with Pyro4.Daemon() as daemon:
            served = Item("served", 3)
            daemon.register(served, "served")
            x = shop.echo(served)
            assert (type(x), x.price, x._pyroId, x._pyroDaemon) == (Item, 3, "served", None), vars(x)


if sys.argv[1] == "serve":
    daemon = Pyro4.Daemon()
    print("PORT", daemon.register(Shop(), "target").port)
    daemon.requestLoop()
else:
    use(Pyro4.Proxy(sys.argv[2]))
    print("all well")
