-- Takes and gives large amounts of data.
local pyro = require "pyro"

local store = {}

function store:put(data)
  return #tostring(data)
end

function store:get(size)
  return pyro.bytes(("x"):rep(size))
end

pyro.Daemon.serveSimple { [store] = "example.hugetransfer" }
