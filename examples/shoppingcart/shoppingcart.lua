local ShoppingCart = { __name = "ShoppingCart" }
ShoppingCart.__index = ShoppingCart

local count = 0

function ShoppingCart.new()
  count = count + 1
  print(("(shoppingcart %d taken)"):format(count))
  return setmetatable({ number = count, contents = {} }, ShoppingCart)
end

function ShoppingCart:purchase(item)
  table.insert(self.contents, item)
  print(("(%s put into shoppingcart %d)"):format(item, self.number))
end

function ShoppingCart:empty()
  self.contents = {}
end

function ShoppingCart:getContents()
  return self.contents
end

return ShoppingCart
