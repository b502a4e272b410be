import Pyro4

shop = Pyro4.Proxy("PYRONAME:example.shop")
print("two pears:", shop.buy("pear", 2))
try:
    shop.price("pear")
    shop.buy("pear", 9)
except ValueError as error:
    print("ValueError:", error)
