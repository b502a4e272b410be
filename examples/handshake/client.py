import Pyro4


class Friend(Pyro4.Proxy):
    def _pyroValidateHandshake(self, response):
        print("the server says", response)


friend = Friend("PYRONAME:example.handshake")
friend._pyroHandshake = {"word": "sesame", "name": "Baba"}
print(friend.treasure())
