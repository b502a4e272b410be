--- A Lua server as Pyro4's clients see it.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local server = {}

  function server:context()
    local context = pyro.current_context
    context.response_annotations = { RESP = "one\0two" }
    context.response_annotations.ECHO = context.annotations.ABCD
    return { annotations = context.annotations, correlation_id = context.correlation_id,
      seq = context.seq, msg_flags = context.msg_flags, serializer_id = context.serializer_id,
      address = context.client_sock_addr, client = context.client.address }
  end

  function server:quiet() end

  function server:correlate(id)
    pyro.current_context.correlation_id = id
  end

  function server:answer_with(key)
    pyro.current_context.response_annotations[key] = "value"
  end

  local daemon = pyro.Daemon {}
  local uri = daemon:register(server, "server")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

--- Runs a Python program with the URI of the object "server" of a Lua program.
local function use(program, server)
  local port = peers.start("Lua", { "-e", server }):expect "PORT%s+(%d+)"
  local run = peers.run("Python", { "spec/interop/python/" .. program, "PYRO:server@localhost:" .. port })
  assert.are.equal("all well\n", run.output)
end

describe("a Lua server", function()
  after_each(process.stop_all)

  it("knows the context of each call", function()
    use("call_context.py", SERVER)
  end)
end)
