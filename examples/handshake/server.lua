-- A server that lets in who knows the code.
local pyro = require "pyro"

local secret_code = "pancakes"

local daemon <close> = pyro.Daemon {}

--- Called for each connection, with what its client sent. An error refuses it; the result is sent
--- to the client.
function daemon:validateHandshake(connection, data)
  print("Daemon received handshake request from: " .. connection.address)
  print("Handshake data: " .. pyro.repr(data))
  local context = pyro.current_context
  print("  context.client:  " .. tostring(context.client))
  print("  context.client_sock_addr:  " .. context.client_sock_addr)
  print("  context.seq:  " .. context.seq)
  print("  context.msg_flags:  " .. context.msg_flags)
  print("  context.serializer_id:  " .. context.serializer_id)
  print("  context.correlation_id: " .. tostring(context.correlation_id))
  if data ~= secret_code then
    print "Secret code wrong! Connection refused."
    error(pyro.ValueError "wrong secret code, connection refused")
  end
  print "Secret code okay! Connection accepted."
  return { "how", "are", "you", "doing" }
end

function daemon:clientDisconnect(connection)
  print("Daemon client disconnects: " .. connection.address)
end

print "Server is ready. You can use the following URI to connect:"
print(daemon:uriFor "Pyro.Daemon")
print("When asked, enter the following secret code:  " .. secret_code)
daemon:requestLoop()
