local here = arg[0]:gsub("[^/]*$", "")
package.path = here .. "?.lua;" .. package.path

local pyro = require "pyro"
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

local function main()
  io.stdout:setvbuf "line"
  local warehouse = Warehouse()
  pyro.Daemon.serveSimple({
    [warehouse] = "example.warehouse",
  }, { ns = false })
end

if arg[0]:match "[^/]*$" == "warehouse.lua" then
  main()
end

return Warehouse
