local pyro = require "pyro"
local Money = require "money"

local purse = pyro.Proxy "PYRONAME:example.purse"

local content = purse:put(Money.new(12.5, "EUR"))
print("the purse has", content)
print("and with mine", content + Money.new(100, "EUR"))
print(pcall(purse.put, purse, Money.new(1, "USD")))
