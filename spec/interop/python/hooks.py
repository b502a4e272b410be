"""What a daemon may do when clients come and go. usage: hooks.py URI"""
import sys
import time

import Pyro4

uri = sys.argv[1]
context = Pyro4.current_context


class Client(Pyro4.Proxy):
    def _pyroValidateHandshake(self, response):
        self.__dict__["response"] = response


Client._Proxy__pyroAttributes = Pyro4.Proxy._Proxy__pyroAttributes | {"response"}
annotations = []
Client._pyroResponseAnnotations = lambda self, received, msgtype: annotations.append((msgtype, dict(received)))


def introduced(data):
    client = Client(uri)
    client._pyroHandshake = data
    client._pyroBind()
    return client


def refused(data):
    try:
        introduced(data)
    except Pyro4.errors.CommunicationError as x:
        return str(x).partition("rejected: ")[2]
    raise SystemExit("%r was welcome" % (data,))


first = introduced({"user": "tim", "tags": [1, None]})
assert first.response == {"welcome": "tim", "tags": [1, None]}, first.response
assert annotations[-1][0] == Pyro4.message.MSG_CONNECTOK and bytes(annotations[-1][1]["MSGS"]) == b"\x01"
slow = introduced({"user": "slow"})
assert slow.response == {"welcome": "slow"}
assert refused({"user": "nobody"}) == "you are not welcome"
assert refused(None).endswith("attempt to index a nil value (local 'data')"), refused(None)
assert refused({"user": "unserializable"}) == "the response to the handshake: a function cannot travel"
bad = Client(uri.replace("server@", "nobody@"))
bad._pyroHandshake = {"user": "tim"}
try:
    bad._pyroBind()
except Pyro4.errors.CommunicationError as x:
    assert str(x).endswith("rejected: unknown object")

first.quiet()
assert bytes(context.response_annotations["MSGS"])[0] > 1
first.own_annotation()
assert bytes(context.response_annotations["OWNA"]) == b"own" and "MSGS" in context.response_annotations
try:
    first.fail("bad")
except ValueError:
    assert "MSGS" in context.response_annotations and "OWNA" not in context.response_annotations

first.track("one")
first.track("two")
first.track("three")
first.untrack("two")
other = introduced({"user": "tim"})
other.track("four")
assert other.closed() == []
first._pyroRelease()
while len(other.closed()) < 3:
    time.sleep(0.02)
assert sorted(other.closed()) == ["one", "three", "tim disconnected"], other.closed()
slow._pyroRelease()
before = other.housekept()
while other.housekept() == before:
    time.sleep(0.02)
try:
    other.close_connection()
    raise SystemExit("the connection is open")
except Pyro4.errors.ConnectionClosedError:
    pass
third = introduced({"user": "tim"})
while "four" not in third.closed():
    time.sleep(0.02)
third.shutdown()
print("all well")
