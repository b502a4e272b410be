local pyro = require "pyro"

local store = pyro.Proxy "PYRONAME:example.hugetransfer"

for _, megabytes in ipairs { 1, 10, 50 } do
  local size = megabytes * 1000 * 1000
  print("sent", store:put(pyro.bytes(("x"):rep(size))))
  print("received", #tostring(store:get(size)))
end
