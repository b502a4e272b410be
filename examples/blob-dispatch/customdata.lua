-- A class that client and listeners understand; the dispatcher does not know of it.
local pyro = require "pyro"

local CustomData = { __name = "CustomData" }
CustomData.__index = CustomData

function CustomData.new(a, b, c)
  return setmetatable({ a = a, b = b, c = c }, CustomData)
end

-- As a dict of its fields, and back from one.
pyro.registerClass("blobdispatch.CustomData", CustomData, function(data)
  return { a = data.a, b = data.b, c = data.c }
end, function(fields)
  return CustomData.new(fields.a, fields.b, fields.c)
end)

return CustomData
