local pyro = require "pyro"
local banks = require "banks"

local daemon <close> = pyro.Daemon {}
local ns = pyro.locateNS()
ns:register("example.banks.rabobank", daemon:register(banks.Rabobank))
ns:register("example.banks.abn", daemon:register(banks.ABN))

local names = {}
for name in pairs(ns:list { prefix = "example.banks." }) do
  table.insert(names, name)
end
table.sort(names)
print "available banks:"
print(pyro.repr(names))

print "Banks are ready for customers."
daemon:requestLoop()
