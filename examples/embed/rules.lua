-- The rules of the shop in rules.c, which gave this script the object `stock`.
-- luacheck: globals stock daemon
local pyro = require "pyro"

local prices = { apple = 3, pear = 5 }
local shop = {}

--- Returns a price, twice as high for fruit that is scarce.
function shop:price(fruit)
  return prices[fruit] * (stock:count(fruit) < 5 and 2 or 1)
end

function shop:buy(fruit, number)
  local price = number * self:price(fruit)
  stock:take(fruit, number)
  return price
end

daemon = pyro.Daemon {} -- a global: the script ends here, and the shop goes on
pyro.locateNS():register("example.shop", daemon:register(shop))
print "The shop is running."
