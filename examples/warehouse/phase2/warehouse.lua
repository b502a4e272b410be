local pyro = require "pyro"

local Warehouse = { __name = "Warehouse" }
Warehouse.__index = Warehouse

setmetatable(Warehouse, {
  __call = function(class)
    return setmetatable({
      contents = { "chair", "bike", "flashlight", "laptop", "couch" },
    }, class)
  end,
})

--- Removes an item as Python's list.remove does.
local function remove(list, value)
  for i, item in ipairs(list) do
    if item == value then
      return table.remove(list, i)
    end
  end
  error(pyro.ValueError "list.remove(x): x not in list")
end

function Warehouse:list_contents()
  return self.contents
end

function Warehouse:take(name, item)
  remove(self.contents, item)
  print(("%s took the %s."):format(name, item))
end

function Warehouse:store(name, item)
  table.insert(self.contents, item)
  print(("%s stored the %s."):format(name, item))
end

local warehouse = Warehouse()
pyro.Daemon.serveSimple({
  [warehouse] = "example.warehouse",
}, { ns = false })
