-- A client needs nothing special: the URI says where the socket is.
local pyro = require "pyro"

local uri = pyro.URI(...)
print("location", uri.location)
print("socket", uri.sockname)
print(pyro.Proxy(uri):echo "hello")
