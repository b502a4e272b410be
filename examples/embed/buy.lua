local pyro = require "pyro"

local shop = pyro.Proxy "PYRONAME:example.shop"
print("seven apples:", shop:buy("apple", 7))
print("one apple:", shop:buy("apple", 1))
print(pcall(shop.buy, shop, "apple", 3))
