-- Shows what a method knows of the call that it serves.
local pyro = require "pyro"

local context = pyro.current_context
local desk = {}

function desk:ask()
  print("called by a client at " .. context.client_sock_addr)
  print("with correlation id " .. context.correlation_id)
  print("and annotation USER " .. context.annotations.USER)
  context.response_annotations = { DESK = "desk 5" }
  return "you are " .. context.annotations.USER
end

pyro.Daemon.serveSimple { [desk] = "example.callcontext" }
