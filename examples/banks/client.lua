-- Finds the banks by the prefix of their names, and does the same in each.
local pyro = require "pyro"

--- Shows how a call fails that has to.
local function fail(bank, method, ...)
  local ok, err = pcall(bank[method], bank, ...)
  print(ok and "!!! Succeeded?!? That is an error" or "Failed as expected: " .. err.message)
end

local function do_business(customer, bank)
  print(("\n*** %s is doing business with %s:"):format(customer, bank:name()))
  print "Creating account"
  local ok, err = pcall(bank.createAccount, bank, customer)
  if not ok then
    print("Failed: " .. err.message)
    print "Removing account and trying again"
    bank:deleteAccount(customer)
    bank:createAccount(customer)
  end
  print "Deposit money"
  bank:deposit(customer, 200.00)
  print "Deposit money"
  bank:deposit(customer, 500.75)
  print(("Balance=%.2f"):format(bank:balance(customer)))
  print "Withdraw money"
  bank:withdraw(customer, 400.00)
  print "Withdraw money (overdraw)"
  ok, err = pcall(bank.withdraw, bank, customer, 400.00)
  if not ok then
    print("Failed: " .. err.message)
  end
  print(("End balance=%.2f"):format(bank:balance(customer)))
  print "Withdraw money from non-existing account"
  fail(bank, "withdraw", "GOD", 2222.22)
  print "Deleting non-existing account"
  fail(bank, "deleteAccount", "GOD")
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    table.insert(keys, key)
  end
  table.sort(keys)
  return keys
end

local ns = pyro.locateNS()
local banks = {}
print()
for _, name in ipairs(sorted_keys(ns:list { prefix = "example.banks." })) do
  print("Contacting bank: " .. name)
  table.insert(banks, pyro.Proxy(ns:lookup(name)))
end
assert(#banks > 0, "There are no banks to do business with!")

for _, bank in ipairs(banks) do
  do_business("Irmen", bank)
  do_business("Suzy", bank)
end

print()
for _, bank in ipairs(banks) do
  print(("The accounts in the %s:"):format(bank:name()))
  local accounts = bank:allAccounts()
  for _, name in ipairs(sorted_keys(accounts)) do
    print(("  %s : %.2f"):format(name, accounts[name]))
  end
end
