#!/usr/bin/python3
"""Records what real Pyro clients and servers say to each other, into spec/recordings/.

usage: scripts/record.py Pyro4|Pyro5...
Run it by hand where these are importable, from the project's folder, when spec/interop/python/catalogue_*.py
have changed; the specs then play the recordings to pyrolua in the role of either side, wherever they run.
Each case of the catalogue gets a relay of its own that takes down what passes:

    = name of the case
    + kind of the server, once for each connection
    > a message of the client, in hex
    < a message of the server
"""
import os
import re
import socket
import subprocess
import sys
import threading

PROGRAMS = "spec/interop/python"
sys.path.insert(0, PROGRAMS)
import wire

OTHER = {"Pyro4": "Pyro5", "Pyro5": "Pyro4"}
SERIALIZERS = {"Pyro4": "serpent json marshal msgpack pickle".split(), "Pyro5": "serpent json marshal msgpack".split()}
NAMING = {"Pyro4": "Pyro4.naming", "Pyro5": "Pyro5.nameserver"}
PYTHON = [sys.executable, "-Wignore", "-u"]


class Relay(object):
    """Passes on what clients and the server at `target` say to each other, and takes it down."""
    def __init__(self, kind, target):
        self.kind, self.target, self.connections = kind, target, []
        self.listener = socket.create_server(("localhost", 0))
        self.address = "localhost:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            host, port = self.target.split(":")
            server = socket.create_connection((host, int(port)))
            messages, gone = [], threading.Event()
            self.connections.append(messages)
            for pair in (">", client, server), ("<", server, client):
                threading.Thread(target=self.pass_on, args=pair + (messages, gone), daemon=True).start()

    @staticmethod
    def pass_on(direction, source, sink, messages, gone):
        while True:
            raw = wire.receive_message(source)
            if not raw or gone.is_set():
                break
            messages.append((direction, raw))
            sink.sendall(raw)
        gone.set()
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def lines(self):
        for messages in self.connections:
            yield "+ " + self.kind
            for direction, raw in messages:
                yield direction + " " + raw.hex()


class Servers(object):
    """All kinds of servers of a generation, for clients that use a serializer."""
    def __init__(self, generation, serializer):
        accepted, others = {}, {}
        if generation == "Pyro4":
            accepted = {"PYRO_SERIALIZERS_ACCEPTED": "serpent,json,marshal,msgpack,pickle"}
            others = {"PYRO_SERIALIZERS_ACCEPTED": "json" if serializer == "serpent" else "serpent"}
        self.processes, self.locations = [], {}
        catalogue = [PROGRAMS + "/catalogue_server.py", generation]
        self.start(catalogue, accepted, {"plain": "plain (.*)", "guarded": "guarded (.*)"})
        self.start(catalogue, dict(accepted, PYRO_COMPRESSION="true"), {"compressing": "plain (.*)"})
        self.start(["-m", NAMING[generation], "-p", "0"], accepted, {"naming": "URI = .*@(.*)"})
        if others:
            self.start(catalogue, others, {"picky": "plain (.*)"})

    def start(self, words, env, patterns):
        process = subprocess.Popen(PYTHON + words, env=dict(os.environ, **env), stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        while patterns:
            line = process.stdout.readline()
            assert line, "%s does not start" % words
            for kind, pattern in list(patterns.items()):
                found = re.match(pattern, line)
                if found:
                    self.locations[kind] = found.group(1)
                    del patterns[kind]

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()


def run_client(generation, serializer, input=None, *words):
    program = PYTHON + [PROGRAMS + "/catalogue_client.py", generation, serializer]
    return subprocess.run(program + list(words), input=input, stdout=subprocess.PIPE, text=True, check=True).stdout


def write(generation, name, cases):
    path = "spec/recordings/%s/%s.txt" % (generation.lower(), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        for case, lines in cases.items():
            file.write("\n".join(["= " + case] + list(lines)) + "\n")
    print(path, len(cases), "cases")


def record_catalogue(generation, serializer):
    servers = Servers(generation, serializer)
    relays = {}
    for line in run_client(generation, serializer, None, "list").splitlines():
        name, kind = line.split("\t")
        relays[name] = Relay(kind, servers.locations[kind])
    output = run_client(generation, serializer, "".join("%s\t%s\n" % (n, r.address) for n, r in relays.items()))
    servers.stop()
    assert "failed" not in output, output
    write(generation, serializer, {name: relay.lines() for name, relay in relays.items()})


def record_stranger(generation):
    """What a server answers to a client of the other generation."""
    servers = Servers(generation, "serpent")
    relay = Relay("plain", servers.locations["plain"])
    assert run_client(OTHER[generation], "serpent", "connect\t%s\n" % relay.address).startswith("failed")
    servers.stop()
    write(generation, "stranger", {"connect": relay.lines()})


def record_broadcast(generation):
    """What the name server answers to the datagram that looks for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("localhost", 0))
        client.settimeout(5)
        port = client.getsockname()[1] + 1
        program = PYTHON + ["-m", NAMING[generation], "-n", "0.0.0.0", "-p", "0", "--bchost", "0.0.0.0",
                            "--bcport", str(port)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
            while "URI" not in server.stdout.readline():
                pass
            client.sendto(b"GET_NSURI", ("127.0.0.1", port))
            answer = client.recv(100)
            server.terminate()
    write(generation, "broadcast", {"datagram": ["+ naming", "> " + b"GET_NSURI".hex(), "< " + answer.hex()]})


for generation in sys.argv[1:]:
    for serializer in SERIALIZERS[generation]:
        record_catalogue(generation, serializer)
    record_broadcast(generation)
    if "Pyro4" in sys.argv and "Pyro5" in sys.argv:
        record_stranger(generation)
