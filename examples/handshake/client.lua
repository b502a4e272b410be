local pyro = require "pyro"

local uri = pyro.locateNS():lookup "example.handshake"

local stranger = pyro.Proxy(uri)
print(pcall(function()
  return stranger:treasure()
end))

local friend = pyro.Proxy(uri)
friend._pyroHandshake = { word = "sesame", name = "Ali" }
function friend:_pyroValidateHandshake(response)
  print("the server says", response)
end
print(friend:treasure())
