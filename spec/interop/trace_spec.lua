--- Traces: a traceparent that a client in Python sends goes on to whatever a Lua method calls.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local RELAY = [[
local pyro = require "pyro"
local relay = {}
function relay:pass(uri)
  local last <close> = pyro.Proxy(uri)
  return pyro.current_context.traceparent or "none", last:see()
end
local daemon = pyro.Daemon {}
print(daemon:register(relay, "relay"))
daemon:requestLoop()
]]

describe("a trace", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    it("goes from Python through Lua to Python: " .. generation, function()
      local relay = peers.start("Lua", { process.file("relay.lua", RELAY) })
      local uri = relay:expect "(PYRO:relay@[%w.:]+)\n"
      assert.are.equal("the trace went on\n",
        peers.run(generation, { "spec/interop/python/trace.py", generation, uri }).output)
    end)
  end
end)
