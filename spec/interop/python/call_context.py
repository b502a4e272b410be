"""Sends annotations and a correlation id, and looks at what comes back. usage: call_context.py URI"""
import sys
import uuid

import Pyro4

context = Pyro4.current_context
server = Pyro4.Proxy(sys.argv[1])
server._pyroBind()

context.correlation_id = uuid.uuid4()
context.annotations = {"ABCD": b"first \xff", "EFGH": b""}
seen = server.context()
assert seen["correlation_id"] == str(context.correlation_id), seen
assert {key: bytes(seen["annotations"][key]) if isinstance(seen["annotations"][key], bytes) else
        seen["annotations"][key].encode() for key in seen["annotations"]} == {"ABCD": b"first \xff", "EFGH": b""}
assert seen["seq"] == server._pyroSeq
assert seen["serializer_id"] == 6 and seen["msg_flags"] == 0, seen
assert seen["address"].startswith("127.0.0.1:") and seen["client"] == seen["address"], seen
assert bytes(context.response_annotations["CORR"]) == context.correlation_id.bytes
assert bytes(context.response_annotations["RESP"]) == b"one\0two"
assert bytes(context.response_annotations["ECHO"]) == b"first \xff"

context.correlation_id = None
server.quiet()
assert not context.response_annotations, "no annotations of a call before"
assert len(server.context()["correlation_id"]) == 36

mine = uuid.uuid4()
server.correlate(str(mine))
assert bytes(context.response_annotations["CORR"]) == mine.bytes
for bad in ("LONGER", "KEY"):
    try:
        server.answer_with(bad)
    except Pyro4.errors.ProtocolError as x:
        assert "4 ascii characters" in str(x)
    else:
        raise SystemExit("annotation %s was sent" % bad)
server.quiet()
print("all well")
