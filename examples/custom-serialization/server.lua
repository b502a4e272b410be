-- A purse that understands money.
local pyro = require "pyro"
local Money = require "money"

local purse = { content = Money.new(0, "EUR") }

function purse:put(money)
  print("somebody puts in " .. tostring(money))
  self.content = self.content + money
  return self.content
end

pyro.Daemon.serveSimple { [purse] = "example.purse" }
