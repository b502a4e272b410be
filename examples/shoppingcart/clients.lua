local pyro = require "pyro"

local shop = pyro.Proxy "PYRONAME:example.shop"

print "Simulating some customers."
local harrys_cart = shop:enter "Harry"
local sallys_cart = shop:enter "Sally"
local shoplifter_cart = shop:enter "shoplifter"

local goods = {}
for item in pairs(shop:goods()) do
  table.insert(goods, item)
end

--- Puts some goods straight into a cart.
local function buy(count, cart, line)
  for _ = 1, count do
    local item = goods[math.random(#goods)]
    print(line:format(item))
    cart:purchase(item)
  end
end

buy(4, harrys_cart, "Harry buys %s")
buy(5, sallys_cart, "Sally buys %s")
buy(3, shoplifter_cart, "Shoplifter takes %s")
print("Customers currently in the shop: " .. pyro.repr(shop:customers()))

-- The carts are still in the shop: so Harry only says his name. Sally hands in her cart.
local receipt = shop:payByName "Harry"
print(("Harry payed. The cart now contains: %s (should be empty)"):format(
  pyro.repr(harrys_cart:getContents())))
print "Harry got this receipt:"
print(receipt)
receipt = shop:payCart(sallys_cart)
print(("Sally payed. The cart now contains: %s (should be empty)"):format(
  pyro.repr(sallys_cart:getContents())))
print "Sally got this receipt:"
print(receipt)
print "Harry is leaving."
shop:leave "Harry"
print "Sally is leaving."
shop:leave "Sally"
print "Shoplifter is leaving. (should be impossible i.e. give an error)"
local _, err = pcall(shop.leave, shop, "shoplifter")
print(table.concat(err.remoteTraceback))

print "Harry is attempting to put stuff back in his cart again,"
print "which should fail because the cart does no longer exist."
harrys_cart:purchase "crap"
