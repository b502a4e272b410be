import Pyro4


@Pyro4.expose
class Fountain:
    def words(self, text):
        return iter(text.split())

    def countdown(self, start):
        for number in range(start, 0, -1):
            print("producing", number)
            yield number


Pyro4.Daemon.serveSimple({Fountain(): "example.streaming"})
