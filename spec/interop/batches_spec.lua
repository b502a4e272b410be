--- bind: large batches from Lua for servers of the real Pyro, with each serializer.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"
local served = require "spec.support.served"
local tags = require "spec.support.tags"

local failure = served.failure

for _, generation in ipairs(peers.generations()) do
  describe("a batch for " .. generation, function()
    local at

    setup(function()
      at = peers.start(generation, {
        "spec/interop/python/catalogue_server.py", generation,
        -- Pyro5, which accepts them all, does not know the setting
        env = generation == "Pyro4" and { PYRO_SERIALIZERS_ACCEPTED = table.concat(peers.serializers.Pyro4, ",") },
      }):expect "plain (%S+)"
    end)

    teardown(process.stop_all)

    for _, serializer in ipairs(peers.serializers[generation]) do
      local function open()
        local proxy = pyro.Proxy("PYRO:thing@" .. at)
        proxy._pyroSerializer = serializer
        return proxy, pyro.batch(proxy)
      end

      it("may be large, with " .. serializer .. tags({ 15 }, "Lua", generation), function()
        local proxy <close>, batch = open()
        for i = 1, 20000 do
          batch:echo(i)
        end
        batch:add(1, pyro.kwargs { b = 2 })
        batch:echo(nil)
        local results = batch()
        for i = 1, 20000 do
          assert(results() == i)
        end
        assert.are.same({ 3, pyro.null }, { results(), results() })
        assert.is_nil(results())
        assert.are.equal(generation == "Pyro4" and 48 or 502, proxy._pyroProtocol)
      end)

      if serializer ~= "marshal" then -- Pyro cannot send its exceptions in lists with that
        it("may fail amidst, with " .. serializer .. tags({ 15 }, "Lua", generation), function()
          local _ <close>, batch = open()
          batch:echo(1)
          batch:fail()
          batch:echo "is not made"
          local results = batch()
          assert.are.equal(1, results())
          assert.are.equal("ValueError", failure(results).class)
          assert.is_nil(results())
        end)
      end
    end
  end)
end
