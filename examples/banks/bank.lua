-- A bank's class. bank.lua serves nothing: server.lua does.
local pyro = require "pyro"

local Bank = { __name = "Bank" }
Bank.__index = Bank

--- A bank; `credit` is how far below zero an account may go.
function Bank.new(name, credit)
  return setmetatable({ bank_name = name, credit = credit, balances = {} }, Bank)
end

-- A private function, not a method: nobody calls it from elsewhere.
local function check_account(self, customer)
  if not self.balances[customer] then
    error(pyro.KeyError("no account: " .. customer))
  end
end

function Bank:name()
  return self.bank_name
end

function Bank:open(customer)
  if self.balances[customer] then
    error(pyro.ValueError(customer .. " has an account"))
  end
  self.balances[customer] = 0
end

function Bank:close(customer)
  check_account(self, customer)
  self.balances[customer] = nil
end

function Bank:balance(customer)
  check_account(self, customer)
  return self.balances[customer]
end

function Bank:deposit(customer, amount)
  check_account(self, customer)
  self.balances[customer] = self.balances[customer] + amount
end

function Bank:withdraw(customer, amount)
  check_account(self, customer)
  if self.balances[customer] - amount < -self.credit then
    error(pyro.ValueError "insufficient balance")
  end
  self.balances[customer] = self.balances[customer] - amount
end

pyro.expose(Bank, { "name", "open", "close", "balance", "deposit", "withdraw" }) -- not "new"

return Bank
