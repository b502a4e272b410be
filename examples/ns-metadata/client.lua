local pyro = require "pyro"

local ns = pyro.locateNS()

local function show(title, found)
  local names = {}
  for name in pairs(found) do
    table.insert(names, name)
  end
  table.sort(names)
  print(title, table.concat(names, "  "))
end

show("all of these:", ns:list { metadata_all = { "colour", "fast" } })
show("any of these:", ns:list { metadata_any = { "colour", "fast" } })

-- With its metadata, each name comes with a pair.
local uri, tags = table.unpack(ns:lookup("example.printer.hall", { return_metadata = true }))
table.sort(tags)
print(uri, pyro.repr(tags))

-- A PYROMETA URI is one that has all these: any of them.
print(pyro.Proxy "PYROMETA:colour,fast":print "hello")

ns:set_metadata("example.printer.lab", { "printer", "broken" })
show("all of these:", ns:list { metadata_all = { "colour", "fast" } })
