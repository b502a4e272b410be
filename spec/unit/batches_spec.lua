--- pyro.batch: calls that travel in one message.
local pyro = require "pyro"
local served = require "spec.support.served"

local failure = served.failure

describe("a batch", function()
  local proxy, batch, heard

  before_each(function()
    heard = {}
    proxy = served.open {
      add = function(_, a, b, named)
        heard[#heard + 1] = "add"
        named = type(b) == "table" and b or named
        return a + (named and named.b or b)
      end,
      say = function(_, ...)
        heard[#heard + 1] = select("#", ...) .. ":" .. tostring((...))
      end,
      fail = function(_, text)
        heard[#heard + 1] = "fail"
        error(pyro.ValueError(text, 5))
      end,
    }
    batch = pyro.batch(proxy)
  end)

  after_each(served.close)

  for _, protocol in ipairs { 48, 502 } do
    it("gives the results in order, in protocol " .. protocol, function()
      proxy._pyroProtocol = protocol
      assert.is_nil(batch:add(1, 2))
      batch:add(1, pyro.kwargs { b = 5 })
      batch:say(nil, "second")
      batch:add(10, 20)
      assert.are.same({}, heard)
      local results = {}
      for result in batch() do
        results[#results + 1] = result
      end
      assert.are.same({ 3, 6, pyro.null, 30 }, results)
      assert.are.same({ "add", "add", "2:nil", "add" }, heard)
    end)

    it("raises an error at its place, in protocol " .. protocol, function()
      proxy._pyroProtocol = protocol
      batch:add(1, 2)
      batch:fail "bad"
      batch:add(3, 4)
      local results = batch()
      assert.are.equal(3, results())
      local err = failure(results)
      assert.are.equal("ValueError", err.class)
      assert.are.same({ "bad", 5 }, { table.unpack(err.args) })
      assert.matches("Traceback", table.concat(err.remoteTraceback))
      assert.is_nil(results())
      assert.are.same({ "add", "fail" }, heard) -- the rest was not done
    end)
  end

  it("is empty when it was sent", function()
    batch:say "once"
    batch()
    assert.is_nil(batch()())
    batch:say "again"
    batch()
    assert.are.same({ "1:once", "1:again" }, heard)
  end)

  it("may be sent without waiting for results", function()
    batch:say "this"
    batch:fail "nobody hears that"
    assert.is_nil(batch { oneway = true })
    proxy:say "that"
    assert.are.same({ "1:this", "fail", "1:that" }, heard)
  end)

  it("may be sent for a future of the results", function()
    batch:add(1, 2)
    batch:fail "bad"
    local future = batch { asynchronous = true }
    batch:add(5, 5) -- is of the next one
    local results = future.value
    assert.are.equal(3, results())
    assert.are.equal("bad", failure(results).args[1])
    assert.are.equal(10, batch()())
  end)

  it("cannot be both", function()
    assert.are.equal("async oneway calls make no sense",
      failure(batch, { oneway = true, asynchronous = true }).message)
    assert.matches("unknown option 'onway'", failure(batch, { onway = true }), 1, true)
  end)

  it("may hold many calls", function()
    for i = 1, 5000 do
      batch:add(i, 1)
    end
    local sum = 0
    for result in batch() do
      sum = sum + result
    end
    assert.are.equal(5000 * 5001 // 2 + 5000, sum)
  end)

  it("with what cannot travel is not sent", function()
    batch:add(1, 2)
    batch:say { print }
    assert.matches("argument 2%[2%]%[1%]%[1%]: a function cannot travel", failure(batch).message)
    assert.are.same({}, heard)
  end)
end)
