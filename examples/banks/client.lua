-- Goes to all banks that the name server knows, and does the same in each.
local pyro = require "pyro"

local function try(bank, method, ...)
  local ok, result = pcall(bank[method], bank, ...)
  print(("  %-9s %s"):format(method, ok and (result or "done") or tostring(result)))
end

local function visit(bank)
  print(bank:name())
  bank:open "Henry"
  bank:open "Ann"
  try(bank, "open", "Ann")
  bank:deposit("Ann", 50)
  bank:withdraw("Ann", 20)
  try(bank, "balance", "Ann")
  try(bank, "withdraw", "Ann", 75)
  try(bank, "balance", "Ann")
  bank:close "Henry"
  bank:close "Ann"
  try(bank, "deposit", "Ann", 10)
end

local names = {}
local banks = pyro.locateNS():list { prefix = "example.banks." }
for name in pairs(banks) do
  table.insert(names, name)
end
table.sort(names)
for _, name in ipairs(names) do
  visit(pyro.Proxy(banks[name]))
end
