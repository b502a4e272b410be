-- Printers that the name server knows with what they can do.
local pyro = require "pyro"

local Printer = { __name = "Printer" }
Printer.__index = Printer

function Printer:print(text)
  return ("%s prints '%s'"):format(self.model, text)
end

local daemon = pyro.Daemon {}
local ns = pyro.locateNS()
local function offer(name, model, abilities)
  local uri = daemon:register(setmetatable({ model = model }, Printer))
  ns:register("example.printer." .. name, uri, { metadata = abilities })
end

offer("office", "the laser printer", { "printer", "fast" })
offer("hall", "the ink printer", { "printer", "colour" })
offer("lab", "the big printer", { "printer", "colour", "fast" })
print "The printers are running."
daemon:requestLoop()
