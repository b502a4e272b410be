-- A shop whose customers get a shopping cart each: an object that lives in the shop.
local pyro = require "pyro"

local daemon = pyro.Daemon {}
local prices = { paper = 1.25, ink = 3.5, pens = 2 }

local Cart = { __name = "Cart" }
Cart.__index = Cart

function Cart:put(item)
  if not prices[item] then
    error(pyro.ValueError("the shop has no " .. item))
  end
  table.insert(self.items, item)
end

function Cart:contents()
  return self.items
end

local shop = {}

function shop:enter(name)
  print(name .. " enters")
  local cart = setmetatable({ owner = name, items = {} }, Cart)
  daemon:register(cart)
  return cart
end

--- The receipt, and the sum. The cart goes back to the shop: its proxies are of no use any more.
--- The shop gets the cart as a proxy, as a customer does: its id tells which cart it is.
function shop:checkout(proxy)
  local cart = daemon:objectsById()[proxy._pyroUri.object]
  daemon:unregister(cart)
  local sum, receipt = 0, {}
  for _, item in ipairs(cart.items) do
    sum = sum + prices[item]
    table.insert(receipt, ("%-6s %6.2f"):format(item, prices[item]))
  end
  print(("%s pays %.2f"):format(cart.owner, sum))
  return receipt, sum
end

pyro.Daemon.serveSimple({ [shop] = "example.shop" }, { daemon = daemon })
