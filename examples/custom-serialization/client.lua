local pyro = require "pyro"
local mycustomclasses = require "mycustomclasses"

io.write "Enter the URI of the server object: "
local server <close> = pyro.Proxy(io.read():match "%S+")

local function show(response)
  print("type of response object: " .. getmetatable(response).__name)
  print("response: " .. tostring(response))
end

print "\nTransferring thingy..."
show(server:method(mycustomclasses.Thingy.new(42)))
print "\nTransferring otherthingy..."
show(server:othermethod(mycustomclasses.OtherThingy.new(42)))
