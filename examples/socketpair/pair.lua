-- Client and daemon on two sockets that are connected already.
local pyro = require "pyro"

local theirs, ours = pyro.socketpair()

local echo = {}

function echo:echo(text)
  print("the server got", text)
  return "thank you"
end

local daemon <close> = pyro.Daemon { connected_socket = theirs }
daemon:register(echo, "example.echo")

-- Nothing listens, and there is no address: only an id.
local proxy <close> = pyro.Proxy("example.echo", { connected_socket = ours })
print("the client got", proxy:echo "hello")
print("the client got", proxy:echo "hello again")
