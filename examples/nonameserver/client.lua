-- client.lua URI: the URI is what the server prints.
local pyro = require "pyro"

local oracle = pyro.Proxy(...)
print(oracle:quote(1))
print(oracle:quote(2))
print(pcall(oracle.quote, oracle, 3))
