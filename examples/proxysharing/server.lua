-- Counts how many calls it works on at the same time.
local pyro = require "pyro"

local worker = { busy = 0, most = 0 }

function worker:work()
  self.busy = self.busy + 1
  self.most = math.max(self.most, self.busy)
  pyro.sleep(0.2)
  self.busy = self.busy - 1
end

--- The most calls that were at work at the same time since this was asked last.
function worker:most_at_once()
  local most = self.most
  self.most = 0
  return most
end

pyro.Daemon.serveSimple { [worker] = "example.proxysharing" }
