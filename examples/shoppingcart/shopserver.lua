-- A shop whose customers get a shopping cart each: an object that lives in the shop.
local pyro = require "pyro"
local ShoppingCart = require "shoppingcart"

local daemon <close> = pyro.Daemon {}

local Shop = {
  __name = "Shop",
  inventory = {
    paper = 1.25, bread = 1.50, meat = 5.99, milk = 0.80, fruit = 2.65, chocolate = 3.99,
    pasta = 0.50, sauce = 1.20, vegetables = 1.40, cookies = 1.99, pizza = 3.60, shampoo = 2.22,
    whiskey = 24.99,
  },
  carts = {}, -- by the customer's name
  names = {}, -- of the customers, in their order
}
Shop.__index = Shop
pyro.behavior(Shop, { instance_mode = "single" })

function Shop:enter(name)
  print(("Customer %s enters the store."):format(name))
  print "Customer takes a shopping cart."
  local cart = ShoppingCart.new()
  self.carts[name] = cart
  table.insert(self.names, name)
  daemon:register(cart) -- so the customer gets a proxy of it
  return cart
end

function Shop:customers()
  return self.names
end

function Shop:goods()
  return self.inventory
end

function Shop:payByName(name)
  print(("Customer %s goes to the counter to pay."):format(name))
  return self:payCart(self.carts[name], name)
end

--- The cart is one of this shop, or a proxy of one: it is used in the same way.
function Shop:payCart(cart, name)
  local receipt, total = {}, 0
  if name then
    table.insert(receipt, ("Receipt for %s."):format(name))
  end
  table.insert(receipt, "Receipt Date: " .. os.date "%c")
  for _, item in ipairs(cart:getContents()) do
    total = total + self.inventory[item]
    table.insert(receipt, ("%13s  %.2f"):format(item, self.inventory[item]))
  end
  table.insert(receipt, "")
  table.insert(receipt, ("%13s  %.2f"):format("total:", total))
  cart:empty()
  return table.concat(receipt, "\n")
end

function Shop:leave(name)
  print(("Customer %s leaves."):format(name))
  local contents = self.carts[name]:getContents()
  print("  their shopping cart contains: " .. pyro.repr(contents))
  if #contents > 0 then
    print "  it is not empty, they are trying to shoplift!"
    error(pyro.Exception "attempt to steal a full cart prevented")
  end
  daemon:unregister(self.carts[name])
  self.carts[name] = nil
  for i, customer in ipairs(self.names) do
    if customer == name then
      table.remove(self.names, i)
    end
  end
end

pyro.Daemon.serveSimple({ [Shop] = "example.shop" }, { daemon = daemon })
