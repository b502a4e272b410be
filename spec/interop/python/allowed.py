"""What a client of either generation may call of a shop, where rules or a function say so.
usage: allowed.py Pyro4|Pyro5 SERIALIZER URI"""
import importlib
import sys

from generation import Batch, NAME, Proxy, config

errors = importlib.import_module(NAME + ".errors")

config.SERIALIZER = sys.argv[2]
uri = sys.argv[3]


def refused(what, message, f, *args):
    try:
        f(*args)
    except PermissionError as x:
        assert str(x) == message, (what, str(x))
    else:
        raise SystemExit("%s was allowed" % what)


def use_attributes(shop):
    assert shop.price == 7
    refused("an attribute", "not allowed to call shop.cost", getattr, shop, "cost")
    refused("setting an attribute", "not allowed to call shop.cost", setattr, shop, "cost", 1)


def use_batch(shop):
    batch = Batch(shop)
    batch.list()
    batch.buy("bike")
    batch.list()
    results = batch()
    assert next(results) == ["bike"]
    refused("an entry of a batch", "not allowed to call shop.buy", next, results)


with Proxy(uri) as shop:
    assert shop.list() == ["bike"]
    refused("a method", "not allowed to call shop.buy", shop.buy, "bike")
    assert list(shop.items()) == [1, 2]
    shop.note()  # oneway: nobody is told
    if config.SERIALIZER != "marshal":  # with which Python's clients can do neither
        use_attributes(shop)
        use_batch(shop)
    assert shop.list() == ["bike"]

with Proxy(uri.replace("shop@", "secret@")) as secret:
    try:
        secret.list()
    except errors.CommunicationError as x:
        assert str(x).endswith("rejected: not allowed to use secret"), x
    else:
        raise SystemExit("secret was allowed")
print("allowed what is allowed")
