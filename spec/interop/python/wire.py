"""Pyro's messages, read and compared without Pyro: the judge must not share its mistakes."""
import functools
import io
import json
import marshal
import pickle
import re
import socket
import struct
import zlib

import msgpack
import serpent

CONNECT, CONNECTOK, CONNECTFAIL, INVOKE, RESULT, PING = range(1, 7)
EXCEPTION, COMPRESSED, ONEWAY = 1, 2, 4
BLOB = {48: 64, 502: 32}
CORRELATED = {48: 0, 502: 64}
SERIALIZERS = {48: {1: "serpent", 2: "json", 3: "marshal", 4: "pickle", 6: "msgpack"},
               502: {1: "serpent", 2: "marshal", 3: "json", 4: "msgpack"}}
UNORDERED = "registered", "get_metadata"  # methods of daemons whose lists are sets
# Methods of name servers and daemons of both generations that one of them has not, or neither.
FURTHER = "yplookup", "publish", "renew", "withdraw", "leases", "watch", "stats"


class Made(object):
    """What a pickle makes by a class or function: its name, the arguments, the state."""
    def __new__(cls, *args):
        made = object.__new__(cls)
        made.args, made.state = args, None
        return made

    def __init__(self, *args):
        pass

    def __setstate__(self, state):
        self.state = state


class Unpickler(pickle.Unpickler):
    """Runs nothing: globals are names."""
    @functools.lru_cache(None)
    def find_class(self, module, name):
        return type(str("%s.%s" % (module, name)), (Made,), {})


DECODERS = {
    "serpent": serpent.loads,
    "json": json.loads,
    "marshal": marshal.loads,
    "pickle": lambda data: Unpickler(io.BytesIO(data)).load(),
    "msgpack": lambda data: msgpack.unpackb(data, raw=False, strict_map_key=False),
}


def receive(connection, count):
    data = b""
    while len(data) < count:
        try:
            more = connection.recv(count - len(data))
        except (ConnectionError, socket.timeout):
            more = b""
        if not more:
            break
        data += more
    return data


def receive_message(connection):
    """The bytes of the next message; fewer where the connection ends."""
    start = receive(connection, 6)
    if len(start) < 6:
        return start
    header = start + receive(connection, (40 if start[4:] == b"\x01\xf6" else 24) - 6)
    return header + receive(connection, sum(lengths(header)))


def lengths(header):
    """The lengths of the annotations and of the data."""
    if len(header) == 40:
        return struct.unpack_from("!I", header, 16)[0], struct.unpack_from("!I", header, 12)[0]
    return struct.unpack_from("!H", header, 18)[0], struct.unpack_from("!I", header, 12)[0]


class Message(object):
    def __init__(self, raw):
        if raw[:4] != b"PYRO" or len(raw) < 24:
            raise ValueError("no message: %r" % raw)
        self.version, = struct.unpack_from("!H", raw, 4)
        if self.version == 502:
            self.type, self.serializer, self.flags, self.seq = struct.unpack_from("!BBHH", raw, 6)
            header = raw[:40]
            self.correlation = header[20:36] if self.flags & CORRELATED[502] else None
            if header[38:] != b"\x4d\xc5":
                raise ValueError("wrong magic number: %r" % header)
        else:
            self.type, self.flags, self.seq = struct.unpack_from("!HHH", raw, 6)
            self.serializer, = struct.unpack_from("!H", raw, 16)
            header = raw[:24]
            if checksum(header) != header[22:]:
                raise ValueError("wrong checksum: %r" % header)
        annotations, size = lengths(header)
        if len(raw) != len(header) + annotations + size:
            raise ValueError("cut message: %r" % raw)
        self.annotations = self.chunks(raw[len(header):len(header) + annotations])
        if self.type == CONNECT:
            self.annotations.pop("TYPM", None)  # pyrolua's clients look for their like: no Pyro minds
        if self.version == 48:
            self.correlation = self.annotations.pop("CORR", None)
        self.data = raw[len(header) + annotations:]
        if self.flags & COMPRESSED:
            self.data = zlib.decompress(self.data)

    def chunks(self, raw):
        head, result = "!4sI" if self.version == 502 else "!4sH", {}
        while raw:
            key, size = struct.unpack_from(head, raw)
            start = struct.calcsize(head)
            result[key.decode()] = raw[start:start + size]
            raw = raw[start + size:]
        return result

    def value(self):
        if self.type == PING or not self.data:
            return self.data
        return DECODERS[SERIALIZERS[self.version][self.serializer]](self.data)

    def request(self):
        """What a server makes of a request, under names."""
        facts = self.facts()
        facts["correlation"] = self.correlation
        if self.type == INVOKE:
            facts["value"] = call(self.value())
        return facts

    def reply(self, request):
        """What the client that sent the request makes of the reply, under names."""
        facts = self.facts()
        facts["seq"] = self.seq
        if "STRM" in self.annotations:
            facts["value"] = "a stream"  # what is said for clients that know no streams
        if request.correlation:  # else the server makes one up, or not
            facts["correlation"] = self.correlation
        if request.type == CONNECT or request.type == INVOKE and call(request.value())[1] in UNORDERED:
            facts["value"] = plain(self.value(), ordered=False)
        return facts

    def facts(self):
        annotations = {key: marshal.loads(data) if key == "BLBI" else data for key, data in self.annotations.items()}
        flags = self.flags & ~CORRELATED[self.version]
        if self.type in (CONNECT, CONNECTOK, CONNECTFAIL):
            flags &= ~COMPRESSED  # these are small: it does not matter
        return {"type": self.type, "serializer": self.serializer, "flags": flags,
                "annotations": plain(annotations), "value": plain(self.value())}


def call(value):
    """A call with its arguments. Lists serve as well as tuples there, and None as no named arguments."""
    if isinstance(value, dict):
        value = value["object"], value["method"], value["params"], value["kwargs"]
    target, method, arguments, named = value
    if method == "<batch>":
        arguments = [[name, plain(list(values)), plain(keys)] for name, values, keys in arguments]
    return target, method, plain(list(arguments)), plain(named or {})


def checksum(header):
    fields = struct.unpack("!4sHHHHIHHHH", header)
    return struct.pack("!H", (sum(fields[1:8]) + 0x34E9) & 0xffff)


def numbered(raw, seq):
    """The message with another sequence number."""
    if raw[4:6] == b"\x01\xf6":
        return raw[:10] + struct.pack("!H", seq) + raw[12:]
    header = raw[:10] + struct.pack("!H", seq) + raw[12:24]
    return header[:22] + checksum(header) + raw[24:]


WORDING = [  # what languages and libraries say in their own words
    (re.compile("(invalid regex: ).*"), r"\1..."),
    (re.compile("(Servertype: ).*"), r"\1..."),
    (re.compile("(invalid uri).*"), r"\1"),
    (re.compile("('\\w+' )?object has no (attribute|method)|type object '\\w+' has no attribute"
                "|attempt to access unexposed or unknown remote attribute"), "there is no"),
]
IDS = re.compile("obj_[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PORTS = re.compile(r"(localhost|127\.0\.0\.1):\d+")


def plain(value, ordered=True):
    """The value without what differs from run to run: ids, ports, what tracebacks say. Types remain;
    but lists, tuples and sets are all the same where they are not ordered, and further methods of a
    name server are left out."""
    if isinstance(value, dict):
        items = [(plain(key), plain(item, ordered)) for key, item in value.items()]
        return ("dict", sorted((repr(key), "traceback" if key == "_pyroTraceback" and item else item)
                               for key, item in items))
    if isinstance(value, (set, frozenset)) or isinstance(value, (list, tuple)) and not ordered:
        return ("set", sorted(repr(plain(item)) for item in value if item not in FURTHER))
    if isinstance(value, Made):
        return plain_made(type(value).__name__, value.args, value.state)
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, [plain(item) for item in value])
    if isinstance(value, bytes) and IDS.fullmatch(value.decode("latin-1")):
        return b"an id"
    if isinstance(value, str):
        for pattern, replacement in WORDING:
            value = pattern.sub(replacement, value)
        return PORTS.sub("somewhere", IDS.sub("an id", value))
    return repr(value) if isinstance(value, (float, complex)) else value


def plain_made(name, args, state):
    """What a pickle makes, likewise: Python makes an instance in two ways."""
    if name == "copyreg._reconstructor":
        name, args = args[0].__name__, ()
    if name == "Pyro4.core.URI":
        state = state[:3] + ("somewhere",)
    return (name, plain(args), plain(state))


def read_recordings(path):
    """The cases of a file: name -> connections, each a list of ("<" or ">", bytes)."""
    cases = {}
    for line in open(path):
        kind, _, rest = line.rstrip("\n").partition(" ")
        if kind == "=":
            connections = cases[rest] = []
        elif kind == "+":
            connections.append([])
        elif kind in "<>":
            connections[-1].append((kind, bytes.fromhex(rest)))
    return cases
