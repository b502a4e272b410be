--- Values between Python and Lua, in msgpack: what Lua sends back is what Python's own echo sends back.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local ECHO = [[
  local daemon = pyro.Daemon {}
  local uri = daemon:register({ echo = function(_, value) return value end }, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

describe("values", function()
  local lua, python

  setup(function()
    local function uri_of(server)
      return "PYRO:target@localhost:" .. server:expect "PORT%s+(%d+)"
    end
    lua = uri_of(peers.start("Lua", { "-e", ECHO }))
    python = uri_of(peers.start("Pyro4", { "spec/interop/python/target.py", env = peers.MSGPACK }))
  end)

  teardown(process.stop_all)

  it("from Python come back as from Python's echo", function()
    local run = peers.run("Pyro4", { "spec/interop/python/echo_values.py", lua, python, env = peers.MSGPACK })
    assert.matches("^%d+ values\n$", run.output)
  end)

  it("from Lua come back from Python as they went", function()
    local run = peers.run("Lua", { "-e", ([[
      local here, there = pyro.Proxy "%s", pyro.Proxy "%s"
      local values = { 1, -1, math.maxinteger, math.mininteger, 3.0, 1.5, math.huge, true, false, "", "text", "\0",
        "\xff\xfe", ("x"):rep(100000), {}, { 1, 2, 3 }, { a = { b = { 1, 2 } } }, pyro.dict {},
        pyro.bytes "text", pyro.null, { pyro.null, 1 },
        pyro.URI "PYRO:x@host:1", pyro.ValueError "bad" }
      for _, value in ipairs(values) do
        local one, two = here:echo(value), there:echo(value)
        if math.type(one) ~= math.type(two) or pyro.repr(one) ~= pyro.repr(two) then
          print(pyro.repr(value):sub(1, 60), pyro.repr(one), pyro.repr(two))
        end
      end
      print(#values .. " values", there:echo(nil) == nil)]]):format(lua, python) })
    assert.are.equal("23 values\ttrue\n", run.output)
  end)
end)
