"""Pyro4's client: what programs/client.lua does. usage: pyro4_client.py LOCATION SERIALIZER WORK [NUMBER]"""
import sys
import threading
import time
import Pyro4

location, serializer, work = sys.argv[1:4]
number = int(sys.argv[4]) if len(sys.argv) > 4 else 0
Pyro4.config.SERIALIZER = serializer
TEXT = "x" * 16


def new_proxy():
    proxy = Pyro4.Proxy("PYRO:bench@" + location)
    proxy._pyroBind()
    return proxy


def call(proxy, value, count):
    for _ in range(count):
        proxy.echo(value)


def calls_with(value):
    proxy = new_proxy()
    return lambda count: call(proxy, value, count)


def clients():
    proxies = [new_proxy() for _ in range(number)]

    def run(count):
        share = max(1, count // number)
        threads = [threading.Thread(target=call, args=(proxy, TEXT, share)) for proxy in proxies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return run


def batch():
    proxy = new_proxy()

    def run(count):
        for _ in range(max(1, count // number)):
            calls = Pyro4.batch(proxy)
            for _ in range(number):
                calls.echo(TEXT)
            for _ in calls():
                pass
    return run


def oneway():
    proxy = new_proxy()

    def run(count):
        wanted = proxy.noted() + count
        for _ in range(count):
            proxy.note(TEXT)
        while proxy.noted() < wanted:
            time.sleep(0.001)
    return run


works = {
    "text": lambda: calls_with("x" * number),
    "list": lambda: calls_with(list(range(1, number + 1))),
    "bytes": lambda: calls_with(b"\xff" * number),
    "clients": clients,
    "batch": batch,
    "oneway": oneway,
}
run = works[work]()
print("ready", flush=True)
for line in sys.stdin:
    run(int(line))
    print("done", flush=True)
