local pyro = require "pyro"

local first <close> = pyro.Proxy "PYRONAME:example.chain.A"
print("Result=" .. pyro.repr(first:process { "hello" }))
