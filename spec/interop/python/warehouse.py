"""The tutorial's warehouse in Python. usage: warehouse.py [ns]"""
import sys

import Pyro4


@Pyro4.expose
class Warehouse(object):
    def __init__(self):
        self.contents = "chair bike flashlight laptop couch".split()

    def list_contents(self):
        return self.contents

    def take(self, name, item):
        self.contents.remove(item)
        print(name, "took the", item + ".")

    def store(self, name, item):
        self.contents.append(item)
        print(name, "stored the", item + ".")


if __name__ == "__main__":
    Pyro4.Daemon.serveSimple({Warehouse(): "example.warehouse"}, ns="ns" in sys.argv)
