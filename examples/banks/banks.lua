-- Two banks: one gives credit, one does not.
local pyro = require "pyro"

local Bank = { __name = "Bank" }
Bank.__index = Bank

-- Not methods: nobody calls these from elsewhere.
local function check_account(self, name)
  if not self.accounts[name] then
    error(pyro.KeyError "unknown account")
  end
end

local function new_bank(name, may_overdraw)
  local class = setmetatable({ __name = name:match "%w+" }, Bank)
  class.__index = class
  return pyro.behavior(class, {
    instance_mode = "single",
    instance_creator = function()
      return setmetatable({ title = name, may_overdraw = may_overdraw, accounts = {} }, class)
    end,
  })
end

function Bank:name()
  return self.title
end

function Bank:createAccount(name)
  if self.accounts[name] then
    error(pyro.ValueError "Account already exists")
  end
  self.accounts[name] = 0.0
end

function Bank:deleteAccount(name)
  check_account(self, name)
  self.accounts[name] = nil
end

function Bank:deposit(name, amount)
  check_account(self, name)
  self.accounts[name] = self.accounts[name] + amount
end

function Bank:withdraw(name, amount)
  check_account(self, name)
  if amount > self.accounts[name] and not self.may_overdraw then
    error(pyro.ValueError "insufficent balance")
  end
  self.accounts[name] = self.accounts[name] - amount
end

function Bank:balance(name)
  check_account(self, name)
  return self.accounts[name]
end

function Bank:allAccounts()
  return self.accounts
end

return { Rabobank = new_bank("Rabobank", true), ABN = new_bank("ABN bank", false) }
