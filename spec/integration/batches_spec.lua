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

  for _, protocol in ipairs { 48, 502 } do
    for _, serializer in ipairs { "msgpack", "serpent", "json", "marshal", protocol == 48 and "pickle" or nil } do
      it(("travels in protocol %d with %s"):format(protocol, serializer), function()
        proxy._pyroProtocol = protocol
        proxy._pyroSerializer = serializer
        batch:add(1, 2)
        batch:add(1, pyro.kwargs { b = 5 })
        batch:say()
        batch:say(nil, { "a table" }, nil)
        batch:fail "bad"
        batch:say "is not made"
        local results = batch()
        assert.are.same({ 3, 6, pyro.null, pyro.null }, { results(), results(), results(), results() })
        assert.are.equal("bad", failure(results).args[1])
        assert.is_nil(results())
        assert.are.same({ "add", "add", "0:nil", "3:nil", "fail" }, heard)
      end)
    end
  end

  it("may hold a million calls", function()
    local count = 1000000
    for i = 1, count do
      batch:add(i, 1)
    end
    batch:fail "the last"
    local results = batch()
    local sum = 0
    for _ = 1, count do
      sum = sum + results()
    end
    assert.are.equal(count * (count + 1) // 2 + count, sum)
    assert.are.equal("the last", failure(results).args[1])
  end)

  it("that is larger than a message may be is not sent, and fails alone", function()
    local most = pyro.config.MAX_MESSAGE_SIZE
    pyro.config.MAX_MESSAGE_SIZE = 10000
    for _ = 1, 1000 do
      batch:say "0123456789"
    end
    local ok, err = pcall(batch)
    pyro.config.MAX_MESSAGE_SIZE = most
    assert.are.same({ false, "MessageTooLargeError" }, { ok, err.class })
    batch:say "short"
    assert.are.equal(pyro.null, batch()())
    assert.are.same({ "1:short" }, heard)
  end)

  it("with what cannot travel is not sent", function()
    local function refused(message, ...)
      batch:add(1, 2)
      batch:say(...)
      batch:add(1, 2)
      local err = failure(batch)
      assert.are.equal(message, err.message)
      assert.are.same({}, heard)
    end
    refused("argument 2[2][1][1]: a function cannot travel", { print })
    refused("argument 2[2][2].f: a function cannot travel", 1, { f = print })
    refused("argument 2[3].f: a function cannot travel", 1, pyro.kwargs { f = print })
    refused("argument 2[2][1]: pyro.kwargs anywhere but as the last argument cannot travel",
      pyro.kwargs {}, 1)
    refused("argument 2: keywords must be strings", pyro.kwargs { "a" })
  end)

  it("is written when it is sent", function()
    local numbers = { 1 }
    batch:say(1)
    batch:add(1, pyro.kwargs { b = 1 })
    batch:say(numbers)
    numbers[1] = print
    assert.are.equal("argument 3[2][1][1]: a function cannot travel", failure(batch).message)
  end)

  it("takes objects of registered classes", function()
    local Box = {}
    pyro.registerClass("spec.Box", Box, function(box)
      batch:say "of the next" -- the batch is under way
      return { b = box.b }
    end)
    batch:add(1, 2)
    batch:add(1, setmetatable({ b = 4 }, Box))
    batch:add(1, pyro.kwargs { b = 5 })
    local results = batch()
    pyro.unregisterClass "spec.Box"
    assert.are.same({ 3, 5, 6 }, { results(), results(), results() })
    assert.are.equal(pyro.null, batch()())
    assert.are.same({ "add", "add", "add", "1:of the next" }, heard)
  end)

  it("is made of a proxy, and its methods are called with a colon", function()
    assert.is_false((pcall(pyro.batch, {})))
    assert.are.equal("a method of a batch is called with a colon: batch:add(…)",
      failure(batch.add, 1, 2):match "a method.*")
  end)
end)
