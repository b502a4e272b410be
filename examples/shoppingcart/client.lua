local pyro = require "pyro"

local shop = pyro.Proxy "PYRONAME:example.shop"
local henry = shop:enter "Henry"
local ann = shop:enter "Ann"

henry:put "paper"
ann:put "pens"
henry:put "ink"
ann:put "pens"
print(pcall(ann.put, ann, "apples"))
print("Henry has", pyro.repr(henry:contents()))
print("Ann has", pyro.repr(ann:contents()))

-- Several results of a method travel as one tuple.
for _, cart in ipairs { henry, ann } do
  local receipt, sum = table.unpack(shop:checkout(cart))
  print(table.concat(receipt, "\n"))
  print(("sum    %6.2f"):format(sum))
end

print(pcall(henry.put, henry, "paper"))
