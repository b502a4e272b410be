-- Items of work, which travel between client, dispatcher and workers.
local pyro = require "pyro"

local Workitem = { __name = "Workitem" }
Workitem.__index = Workitem

function Workitem.new(itemId, data)
  print("Created workitem " .. itemId)
  return setmetatable({ itemId = itemId, data = data }, Workitem)
end

function Workitem:__tostring()
  return ("<Workitem id=%d>"):format(self.itemId)
end

local function value_of(field)
  return field ~= pyro.null and field or nil
end

pyro.registerClass("workitem.Workitem", Workitem, function(item)
  return { itemId = item.itemId, data = item.data, result = item.result or pyro.null,
    processedBy = item.processedBy or pyro.null }
end, function(dict)
  local item = Workitem.new(dict.itemId, dict.data)
  item.result, item.processedBy = value_of(dict.result), value_of(dict.processedBy)
  return item
end)

return Workitem
