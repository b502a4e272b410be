--- bind: a call that would be served only after one that waits for it fails at once.
local pyro = require "pyro"
local served = require "spec.support.served"

for _, protocol in ipairs { 48, 502 } do
  describe(("a method that is called back, in protocol %d,"):format(protocol), function()
    local wall, player, same, told

    --- A proxy that speaks the protocol, and would wait for long.
    local function open(uri)
      return pyro.Proxy(uri, { protocol = protocol, timeout = 20 })
    end

    before_each(function()
      told = {}
      local object = {
        height = 3,
        throw = function(_, height, thrower)
          return height == 0 and "wall" or thrower:catch(height - 1)
        end,
        work = function(_, listener)
          listener:tell "begun" -- oneway
          pyro.sleep(0.05)
          return "worked"
        end,
        start = function(_, thrower)
          return pyro.async(wall):throw(3, thrower).value
        end,
        slow = function(_, value, thrower)
          pyro.sleep(0.02)
          return thrower and thrower:catch(0) .. value or value
        end,
      }
      pyro.attributes(object, "height")
      same = open(served.open(object)._pyroUri)
      player = {
        catch = function(self, height)
          return height == 0 and "player" or wall:throw(height - 1, self)
        end,
        tell = function(_, what)
          told[#told + 1] = what
          told[#told + 1] = wall:slow(what)
        end,
        with = function(_, kind)
          if kind == "batch" then
            local batch = pyro.batch(wall)
            batch:slow(1)
            return batch()()
          elseif kind == "attribute" then
            return wall.height
          elseif kind == "blob" then
            return wall:slow(pyro.SerializedBlob("info", 1))
          end
        end,
      }
      pyro.oneway(player, "tell")
      served.opened[#served.opened].daemon:register(player)
      wall = same
    end)

    after_each(function()
      same:_pyroRelease()
      served.close()
    end)

    local function refusal(f, ...)
      local err = served.failure(f, ...)
      assert.are.equal("RuntimeError", err.class)
      assert.matches("%(%) would wait for ever: this proxy waits for a call that waits for it; use another proxy",
        err.message)
    end

    it("may not use the proxy that waits for it", function()
      refusal(same.throw, same, 3, player)
      refusal(function()
        return pyro.async(same):throw(3, player).value
      end)
      pyro.current_context.correlation_id = "f15e80c7-1b4a-47f2-9cf5-00ca86551698"
      refusal(same.throw, same, 3, player)
      pyro.current_context.correlation_id = nil
      local other <close> = open(same)
      refusal(other.start, other, player)
      assert.are.equal("player", same:throw(1, player)) -- and the connection can be used
    end)

    it("may not, whatever kind of call it makes", function()
      for _, kind in ipairs { "batch", "attribute", "blob" } do
        player.catch = function(self, _)
          return self:with(kind)
        end
        refusal(same.throw, same, 1, player)
      end
    end)

    it("may use another proxy", function()
      wall = setmetatable({}, { __index = function(_, name)
        return function(_, ...)
          local own <close> = open(same)
          return own[name](own, ...)
        end
      end })
      assert.are.equal("player", same:throw(5, player))
    end)

    it("may use the proxy where nobody waits for that", function()
      assert.are.equal("worked", same:work(player))
      assert.is_true(served.soon(function()
        return told[2]
      end))
      assert.are.same({ "begun", "begun" }, told)
    end)

    it("leaves other calls of the proxy to wait for one another", function()
      local results, tasks = {}, {}
      for i = 1, 4 do
        tasks[i] = pyro.spawn(function()
          results[i] = same:slow(i, i % 2 == 0 and player or nil)
        end)
      end
      local future = pyro.async(same):slow(5, player)
      for _, task in ipairs(tasks) do
        assert.is_true(pyro.join(task, 20))
      end
      assert.are.same({ 1, "player2", 3, "player4" }, results)
      assert.are.equal("player5", future.value)
    end)
  end)
end
