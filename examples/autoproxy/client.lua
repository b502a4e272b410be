local pyro = require "pyro"

local workshop = pyro.Proxy "PYRONAME:example.autoproxy"

local first = workshop:make "lamp"
local second = workshop:make "chair"
print(first._pyroUri)
print(second._pyroUri)
first:rename "floor lamp"
print(first:describe())
print(second:describe())
print(workshop:inspect(first))

local sketch = workshop:sketch "table"
print("a copy:", pyro.repr(sketch))
