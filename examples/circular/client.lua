local pyro = require "pyro"

local first = pyro.Proxy "PYRONAME:example.circular.A"
print(table.concat(first:pass {}, " -> "))
