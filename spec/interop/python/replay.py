"""Plays the recorded part of one side of a conversation to the other side, and judges its answers.

usage: replay.py client RECORDINGS      plays the client to servers: lines "CASE<tab>LOCATION" are its input
       replay.py server RECORDINGS      plays the server of each case: prints "CASE<tab>LOCATION" lines, then an
                                        empty one, and serves until its input ends
Either prints a line "ok CASE" or "failed CASE: why" for each case."""
import os
import socket
import sys
import threading

import wire

PATIENCE = 10  # seconds


class Mismatch(Exception):
    pass


def compare(expected, got):
    wrong = ["%s: expected %r, got %r" % (key, fact, got.get(key)) for key, fact in expected.items()
             if got.get(key) != fact]
    if wrong:
        raise Mismatch("; ".join(wrong))


def receive(connection):
    raw = wire.receive_message(connection)
    if not raw:
        raise Mismatch("the connection has ended")
    return raw


class Client(object):
    def __init__(self, location):
        host, port = location.rsplit(":", 1)
        self.address, self.streams = (host, int(port)), []

    def play(self, messages):
        with socket.create_connection(self.address, PATIENCE) as connection:
            for direction, raw in messages:
                if direction == ">":
                    request = wire.Message(raw)
                    connection.sendall(self.translated(raw))
                else:
                    expected, got = wire.Message(raw), wire.Message(receive(connection))
                    compare(expected.reply(request), got.reply(request))
                    if "STRM" in expected.annotations:
                        self.streams.append((expected.annotations["STRM"], got.annotations["STRM"]))

    def translated(self, raw):
        """The recorded names of streams are replaced by those of this server: ids of the same length."""
        for recorded, current in self.streams:
            if len(recorded) != len(current):
                raise Mismatch("no UUID for a stream: %r" % current)
            raw = raw.replace(recorded, current)
        return raw


class Server(object):
    """Answers clients that speak the other protocol first as the real one does, then plays its part."""
    def __init__(self, stranger):
        self.listener = socket.create_server(("localhost", 0))
        self.location = "localhost:%d" % self.listener.getsockname()[1]
        self.refusal = stranger

    def accept(self, version):
        while True:
            connection = self.listener.accept()[0]
            connection.settimeout(PATIENCE)
            raw = receive(connection)
            if wire.Message(raw).version == version:
                return connection, raw
            connection.sendall(self.refusal)
            connection.close()

    def play(self, messages):
        connection, first = self.accept(wire.Message(messages[0][1]).version)
        with connection:
            for direction, raw in messages:
                recorded = wire.Message(raw)
                if direction == ">":
                    request = wire.Message(first or receive(connection))
                    compare(recorded.request(), request.request())
                    first = None
                else:
                    connection.sendall(wire.numbered(raw, request.seq))
            rest = wire.receive_message(connection)
            if rest:
                raise Mismatch("the client goes on: %r" % rest)


def judge(name, player, connections):
    """Plays a case; prints what came of it."""
    try:
        for messages in connections:
            player.play(messages)
        outcome = "ok " + name
    except Exception as x:
        outcome = "failed %s: %s" % (name, str(x) if isinstance(x, Mismatch) else repr(x))
    sys.stdout.write(outcome + "\n")  # in one piece: others write too
    sys.stdout.flush()


def main():
    role, path = sys.argv[1:]
    cases = wire.read_recordings(path)
    if role == "client":
        for line in sys.stdin:
            name, location = line.rstrip("\n").split("\t")
            judge(name, Client(location), cases[name])
    else:
        stranger = wire.read_recordings(os.path.join(os.path.dirname(path), "stranger.txt"))
        refusal, playing = stranger["connect"][0][1][1], []
        for name, connections in cases.items():
            server = Server(refusal)
            print("%s\t%s" % (name, server.location))
            thread = threading.Thread(target=judge, args=(name, server, connections))
            thread.start()
            playing.append((server, thread))
        print(flush=True)
        sys.stdin.read()
        for server, thread in playing:
            server.listener.shutdown(socket.SHUT_RDWR)  # nobody else is coming
            thread.join()


main()
