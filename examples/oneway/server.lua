-- A kitchen that takes orders.
local pyro = require "pyro"

local kitchen = { cooked = 0 }
pyro.oneway(kitchen, "order")

function kitchen:cook(meal)
  print("cooking " .. meal)
  pyro.sleep(0.3)
  self.cooked = self.cooked + 1
  return meal
end

--- Nobody waits for this one, so it has no result, and its errors only the kitchen sees.
function kitchen:order(meal)
  self:cook(meal)
end

function kitchen:count()
  return self.cooked
end

pyro.Daemon.serveSimple { [kitchen] = "example.oneway" }
