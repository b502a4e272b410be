-- Client and daemon on two sockets that are connected already.
local pyro = require "pyro"

local sock1, sock2 = pyro.socketpair()

local Echo = { __name = "Echo" }
pyro.behavior(Echo)

function Echo:echo(message)
  print("server got message:  " .. message)
  return "thank you"
end

local daemon <close> = pyro.Daemon { connected_socket = sock1 }
daemon:register(Echo, "echo")
print(("(Pyro daemon running on %s )\n"):format(daemon.locationStr))

-- Nothing listens, and there is no address: only an id.
local proxy <close> = pyro.Proxy("echo", { connected_socket = sock2 })
for _, message in ipairs { "hello!", "hello again!", "hello2!", "hello2 again!" } do
  print("client got reply: " .. proxy:echo(message))
end
print "\nThe end."
