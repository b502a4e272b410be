"""The tutorial's visitors in Python. usage: visit.py [uri]; without a uri, they ask for it"""
import sys

import Pyro4
import Pyro4.util


def deposit(warehouse, name):
    print("The warehouse contains:", warehouse.list_contents())
    item = input("Type a thing you want to store (or empty): ").strip()
    if item:
        warehouse.store(name, item)


def retrieve(warehouse, name):
    print("The warehouse contains:", warehouse.list_contents())
    item = input("Type something you want to take (or empty): ").strip()
    if item:
        warehouse.take(name, item)


def visit(warehouse):
    for name in "Janet", "Henry":
        print("This is", name + ".")
        deposit(warehouse, name)
        retrieve(warehouse, name)
        print("Thank you, come again!")


sys.excepthook = Pyro4.util.excepthook
uri = sys.argv[1] if len(sys.argv) > 1 else input("Enter the uri of the warehouse: ").strip()
visit(Pyro4.Proxy(uri))
