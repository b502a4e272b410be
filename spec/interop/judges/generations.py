"""What differs between Pyro4 and Pyro5 for those who swap their servers."""


class Pyro4:
    generation = 4
    protocol = 48

    def __init__(self):
        import Pyro4.core
        import Pyro4.naming
        import Pyro4.naming_storage
        import Pyro4.test.echoserver
        import Pyro4.utils.httpgateway
        import Pyro4.util
        self.config = Pyro4.config
        self.URI, self.Proxy = Pyro4.core.URI, Pyro4.core.Proxy
        self.errors = errors_of(Pyro4.errors)
        self.serving, self.naming, self.storage = Pyro4.core, Pyro4.naming, Pyro4.naming_storage
        self.echoserver, self.httpgateway = Pyro4.test.echoserver, Pyro4.utils.httpgateway
        self.start_name_server = "startNS"
        self.serializers, self.util = Pyro4.util._serializers, Pyro4.util
        self.socketutil = Pyro4.socketutil
        self.message = Pyro4.message

    def start_offline_names(self):
        """Starts a name server that answers no broadcasts; returns its daemon."""
        return getattr(self.naming, self.start_name_server)(host="localhost", port=0, enableBroadcast=False)[1]

    def make_autoproxy(self, clazz):
        for serializer in self.serializers.values():
            serializer.register_type_replacement(clazz, self.serving.pyroObjectToAutoProxy)

    def ask(self, connection, serializer, data):
        """Sends a call's document, and returns the answer's, and whether it is an exception."""
        connection.send(self.message.Message(self.message.MSG_INVOKE, data, serializer.serializer_id, 0, 1).to_bytes())
        reply = self.receive(connection, self.message.MSG_RESULT)
        return reply.data, reply.flags & self.message.FLAGS_EXCEPTION

    def receive(self, connection, kind):
        message = self.message.Message.recv(connection, [kind])
        message.decompress_if_needed()
        return message

    def connection(self, connected):
        return self.socketutil.SocketConnection(connected)

    def serializer_of(self, message):
        return self.util.get_serializer_by_id(message.serializer_id)

    def answer(self, connection, kind, request, data):
        connection.send(self.message.Message(kind, data, request.serializer_id, 0, request.seq).to_bytes())


class Pyro5(Pyro4):
    generation = 5
    protocol = 502

    def __init__(self):
        import Pyro5.api
        import Pyro5.nameserver
        import Pyro5.utils.echoserver
        import Pyro5.utils.httpgateway
        self.config = Pyro5.config
        self.URI, self.Proxy = Pyro5.core.URI, Pyro5.client.Proxy
        self.errors = errors_of(Pyro5.errors)
        self.serving, self.naming, self.storage = Pyro5.server, Pyro5.nameserver, Pyro5.nameserver
        self.echoserver, self.httpgateway = Pyro5.utils.echoserver, Pyro5.utils.httpgateway
        self.start_name_server = "start_ns"
        self.serializers, self.serializers_by_id = Pyro5.serializers.serializers, Pyro5.serializers.serializers_by_id
        self.socketutil = Pyro5.socketutil
        self.message = Pyro5.protocol

    def make_autoproxy(self, clazz):
        for serializer in self.serializers.values():
            serializer.register_type_replacement(clazz, self.serving._pyro_obj_to_auto_proxy)

    def ask(self, connection, serializer, data):
        connection.send(self.message.SendingMessage(
            self.message.MSG_INVOKE, 0, 1, serializer.serializer_id, data).data)
        reply = self.receive(connection, self.message.MSG_RESULT)
        return reply.data, reply.flags & self.message.FLAGS_EXCEPTION

    def receive(self, connection, kind):
        return self.message.recv_stub(connection, [kind])

    def serializer_of(self, message):
        return self.serializers_by_id[message.serializer_id]

    def answer(self, connection, kind, request, data):
        connection.send(self.message.SendingMessage(kind, 0, request.seq, request.serializer_id, data).data)


def errors_of(module):
    """Exception classes by the names that Lua's errors have."""
    import builtins
    names = dict(vars(builtins))
    names.update(vars(module))
    return {name: value for name, value in names.items()
            if isinstance(value, type) and issubclass(value, Exception)}
