import Pyro4


@Pyro4.expose
class Warehouse(object):
    def __init__(self):
        self.contents = ["chair", "bike", "flashlight", "laptop", "couch"]

    def list_contents(self):
        return self.contents

    def take(self, name, item):
        self.contents.remove(item)
        print("{0} took the {1}.".format(name, item))

    def store(self, name, item):
        self.contents.append(item)
        print("{0} stored the {1}.".format(name, item))


daemon = Pyro4.Daemon()
Pyro4.locateNS().register("example.warehouse", daemon.register(Warehouse()))
print("The warehouse is running.")
daemon.requestLoop()
