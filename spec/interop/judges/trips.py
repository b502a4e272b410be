"""Sends what the suites serialize through pyrolua: as a call's argument to a server in Lua, which returns it; and
a call to a client in Lua, which makes it anew."""
import os
import socket
import threading

import remote


HANDSHAKE = {"handshake": "hello", "meta": {"methods": ["method"], "oneway": [], "attrs": []}}


class Relay:
    """Where the client in Lua calls: its calls' documents are taken down."""

    def __init__(self, pyro):
        self.pyro = pyro
        self.listening = socket.create_server(("localhost", 0))
        self.documents = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        message = self.pyro.message
        while True:
            connection = self.pyro.connection(self.listening.accept()[0])
            try:
                request = self.pyro.receive(connection, message.MSG_CONNECT)
                serializer = self.pyro.serializer_of(request)
                self.pyro.answer(connection, message.MSG_CONNECTOK, request, serializer.real_dumps(HANDSHAKE))
                while True:
                    request = self.pyro.receive(connection, message.MSG_INVOKE)
                    self.documents.append(bytes(request.data))
                    self.pyro.answer(connection, message.MSG_RESULT, request, serializer.real_dumps(None))
            except self.pyro.errors["ConnectionClosedError"]:
                connection.close()


class Trips:
    def __init__(self, pyro):
        self.pyro = pyro
        self.process = remote.Process(os.path.join(remote.HERE, "echo.lua"))
        self.relay = Relay(pyro)
        self.proxy = pyro.Proxy(self.process.line())
        self.proxy._pyroTimeout = 5
        self.proxy._pyroBind()

    def ask(self, serializer, method, arguments, named={}):
        data = serializer.real_dumpsCall("echo", method, arguments, named)
        answer, failed = self.pyro.ask(self.proxy._pyroConnection, serializer, data)
        if failed:
            raise serializer.real_loads(answer)
        return answer

    def dumps(self, serializer, data):
        return self.ask(serializer, "echo", (data,))

    def dumps_call(self, serializer, obj, method, vargs, kwargs):
        del self.relay.documents[:]
        port = self.relay.listening.getsockname()[1]
        self.arguments = type(vargs)
        head = (self.pyro.protocol, serializer.relay_name, port, obj, method, len(vargs))
        self.ask(serializer, "relay", head + tuple(vargs), kwargs)
        return self.relay.documents[-1]

    def loads_call(self, serializer, data):
        """A proxy sends its arguments as a tuple. Where a test serialized a list, it gets one."""
        obj, method, vargs, kwargs = serializer.real_loadsCall(data)
        return obj, method, self.arguments(vargs), kwargs


def swap(pyro):
    trips = Trips(pyro)
    for name, serializer in pyro.serializers.items():
        kind = type(serializer)
        kind.relay_name = name
        for function in ("dumps", "dumpsCall", "loads", "loadsCall"):
            setattr(kind, "real_" + function, getattr(kind, function))
        kind.dumps = lambda self, data: trips.dumps(self, data)
        kind.dumpsCall = lambda self, *call: trips.dumps_call(self, *call)
        kind.loadsCall = lambda self, data: trips.loads_call(self, data)
