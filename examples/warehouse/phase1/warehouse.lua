local list = require "list"

local Warehouse = { __name = "Warehouse" }
Warehouse.__index = Warehouse

setmetatable(Warehouse, {
  __call = function(class)
    return setmetatable({
      contents = { "chair", "bike", "flashlight", "laptop", "couch" },
    }, class)
  end,
})

function Warehouse:list_contents()
  return self.contents
end

function Warehouse:take(name, item)
  list.remove(self.contents, item)
  print(("%s took the %s."):format(name, item))
end

function Warehouse:store(name, item)
  table.insert(self.contents, item)
  print(("%s stored the %s."):format(name, item))
end

return Warehouse
