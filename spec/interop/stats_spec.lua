--- Pyro.Daemon.stats(), called by the real Pyro4 and Pyro5.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local DESK = [[
local pyro = require "pyro"
local desk = {}
function desk:add(a, b) return a + b end
function desk:fail(what) error(pyro.ValueError(what)) end
local daemon = pyro.Daemon { allow = arg[1] }
print(daemon:register(desk, "desk"))
print "Desk is running."
daemon:requestLoop()
]]

describe("the statistics of a server", function()
  after_each(process.stop_all)

  --- Serves the desk; returns what a client says of it.
  local function ask(generation, serializer, rules)
    local server = peers.start("Lua", { process.file("desk.lua", DESK), rules })
    local uri = server:expect "(PYRO:desk@[%w.:]+)\n"
    server:expect "Desk is running%.\n"
    return peers.run(generation, { "spec/interop/python/stats.py", generation, serializer, uri }).output
  end

  for _, generation in ipairs(peers.generations()) do
    for _, serializer in ipairs(peers.serializers[generation]) do
      it(("are a dict: %s, %s"):format(generation, serializer), function()
        assert.are.equal("all is told\n", ask(generation, serializer))
      end)
    end

    it("are totals for who may not ask: " .. generation, function()
      assert.are.equal("totals are told\n", ask(generation, "serpent", process.file("desk.allow", "allow desk")))
    end)
  end
end)
