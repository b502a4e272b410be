-- A class whose objects travel: both programs register it by the same name.
local pyro = require "pyro"

local Money = { __name = "Money" }
Money.__index = Money

function Money.new(amount, currency)
  return setmetatable({ amount = amount, currency = currency }, Money)
end

function Money:__add(other)
  if self.currency ~= other.currency then
    error(pyro.ValueError(("cannot add %s to %s"):format(other.currency, self.currency)))
  end
  return Money.new(self.amount + other.amount, self.currency)
end

function Money:__tostring()
  return ("%.2f %s"):format(self.amount, self.currency)
end

-- As a dict of its fields, and back from one.
pyro.registerClass("example.Money", Money, function(money)
  return { amount = money.amount, currency = money.currency }
end, function(fields)
  return Money.new(fields.amount, fields.currency)
end)

return Money
