"""A desk of Pyro4's that signs, and one who visits a desk.

usage: hmac_desk.py serve KEY | hmac_desk.py visit KEY URI (KEY "": none)"""
import sys

import Pyro4

context = Pyro4.current_context
notes = []


@Pyro4.expose
class Desk(object):
    def echo(self, value):
        context.response_annotations = {"RSPN": b"answer"}
        asked = context.annotations.get("ASKS")
        return [value, bytes(asked).decode() if asked else None]

    def fail(self):
        raise ValueError("as it should")

    @Pyro4.oneway
    def note(self, text):
        notes.append(text)

    def noted(self):
        return notes

    def count(self, n):
        return iter(range(n))

    def keep(self, proxy):
        return proxy.echo("through")[0]

    def passing(self):
        return passed


passed = None


def serve():
    global passed
    daemon = Pyro4.Daemon()
    if sys.argv[2]:
        daemon._pyroHmacKey = sys.argv[2]
    uri = daemon.register(Desk(), "desk")
    passed = Pyro4.Proxy(uri)
    if sys.argv[2]:
        passed._pyroHmacKey = sys.argv[2]
    print(uri, flush=True)
    daemon.requestLoop()


def visit():
    desk = Pyro4.Proxy(sys.argv[3])
    if sys.argv[2]:
        desk._pyroHmacKey = sys.argv[2]
    context.annotations = {"ASKS": b"question"}
    assert desk.echo("text") == ["text", "question"]
    assert bytes(context.response_annotations["RSPN"]) == b"answer"
    context.annotations = {}
    assert desk.echo("x" * 100000)[0] == "x" * 100000
    try:
        desk.fail()
        assert False
    except ValueError as x:
        assert str(x) == "as it should"
    desk.note("a note")
    assert desk.noted() == ["a note"]
    batch = Pyro4.batch(desk)
    batch.echo(1)
    batch.echo(2)
    assert [answer[0] for answer in batch()] == [1, 2]
    assert list(desk.count(3)) == [0, 1, 2]
    assert desk.keep(desk) == "through"
    other = desk.passing()
    assert other._pyroHmacKey == desk._pyroHmacKey, "a proxy that has another key"
    assert other.echo("back")[0] == "back"
    print("fine")


{"serve": serve, "visit": visit}[sys.argv[1]]()
