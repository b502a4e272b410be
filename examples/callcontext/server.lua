-- Shows what a method knows of the call that it serves.
local pyro = require "pyro"

local EchoServer = { __name = "EchoServer" }
pyro.behavior(EchoServer)
pyro.oneway(EchoServer, "oneway")

local daemon <close> = pyro.Daemon {}

--- Annotations of all answers.
function daemon:annotations()
  return { DDAA = "custom response annotation set by the daemon" }
end

function EchoServer:echo(message)
  local context = pyro.current_context
  print("\nGot Message: " .. message)
  print("  context.client:  " .. tostring(context.client))
  print("  context.client_sock_addr:  " .. context.client_sock_addr)
  print("  context.seq:  " .. context.seq)
  print("  context.msg_flags:  " .. context.msg_flags)
  print("  context.serializer_id:  " .. context.serializer_id)
  print("  context.correlation_id: " .. context.correlation_id)
  if context.annotations.XYZZ then
    print("  custom annotation 'XYZZ': " .. pyro.repr(pyro.bytes(context.annotations.XYZZ)))
  end
  return message
end

function EchoServer:oneway(message)
  self:echo(message)
end

local uri = daemon:register(EchoServer, "example.context")
print "Server is ready. You can use the following URI to connect:"
print(uri)
daemon:requestLoop()
