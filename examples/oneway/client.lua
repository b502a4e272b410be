local pyro = require "pyro"

local kitchen = pyro.Proxy "PYRONAME:example.oneway"

print("waited for", kitchen:cook "soup")
print("cooked", kitchen:count())

print("ordered", kitchen:order "rice") -- returns at once
kitchen:order "beans"
print("cooked", kitchen:count()) -- the same connection is not held up by the orders

repeat
  pyro.sleep(0.05)
until kitchen:count() == 3
print("cooked", kitchen:count())
