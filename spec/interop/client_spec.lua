--- bind: a client in Lua with servers of the real Pyro, beyond the catalogue.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"
local served = require "spec.support.served"
local tags = require "spec.support.tags"

local failure = served.failure

local function start(generation)
  return peers.start(generation, { "spec/interop/python/catalogue_server.py", generation }):expect "plain (%S+)"
end

for _, generation in ipairs(peers.generations()) do
  local function proves(...)
    return tags({ ... }, "Lua", generation)
  end

  describe("a client of " .. generation, function()
    local at, proxy

    setup(function()
      at = start(generation)
      proxy = pyro.Proxy("PYRO:thing@" .. at)
    end)

    teardown(function()
      proxy:_pyroRelease()
      process.stop_all()
    end)

    it("finds out what is spoken, without a setting", function()
      assert.are.same({ 1, "two", { three = pyro.null } }, proxy:echo { 1, "two", { three = pyro.null } })
      assert.are.equal(generation == "Pyro4" and 48 or 502, proxy._pyroProtocol)
    end)

    it("binds, releases and reconnects, in copies too" .. proves(10), function()
      local copy <close> = pyro.Proxy(proxy)
      assert.is_true(copy == proxy)
      assert.is_true(copy:_pyroBind())
      assert.is_false(copy:_pyroBind())
      copy:_pyroReconnect(1)
      assert.are.equal(1, copy:echo(1))
    end)

    it("makes calls that it does not wait for" .. proves(16), function()
      local calls = pyro.async(proxy)
      local first, second = calls:echo(1), calls:echo(2)
      assert.is_false(first.ready)
      assert.are.equal(2, second.value)
      assert.is_true(first.ready)
      local sum = calls:add(1, 2):andThen(function(value, factor)
        return value * factor
      end, 10)
      assert.is_true(sum:wait())
      assert.are.equal(30, sum.value)
      local seen
      local failed = calls:fail():iferror(function(err)
        seen = err
      end)
      assert.are.equal("ValueError", failure(function()
        return failed.value
      end).class)
      assert.are.equal("ValueError", seen.class)
      assert.is_true(calls:slow(0.05):wait())
      local own <close> = pyro.Proxy(proxy)
      assert.is_false(pyro.async(own):slow(60):wait(0.05))
    end)

    it("makes batches that it does not wait for" .. proves(15, 16), function()
      local batch = pyro.batch(proxy)
      batch:echo(1)
      batch:fail()
      batch:echo(2)
      local results = batch { asynchronous = true }.value
      assert.are.equal(1, results())
      assert.are.equal("ValueError", failure(results).class)
      assert.is_nil(results())
    end)

    --- The server has closed a stream, or soon does.
    local function assert_closed(id)
      local daemon <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. at)
      local message
      served.soon(function() -- each look takes an item of a stream that is open
        local ok, err = pcall(daemon.get_next_stream_item, daemon, id)
        message = not ok and err.message
        return message
      end)
      assert.are.equal("item stream terminated", message)
    end

    it("closes a stream that it leaves early" .. proves(29), function()
      local stream, _, _, closing = proxy:count_to(1000000) -- as a loop over the call has them
      for item in stream, nil, nil, closing do
        if item == 2 then
          break
        end
      end
      assert.is_nil(stream())
      assert_closed(stream.id)
    end)

    it("closes a stream that is collected" .. proves(29), function()
      local id = proxy:count_to(1000000).id
      collectgarbage()
      collectgarbage()
      assert_closed(id)
    end)

    it("goes on with a stream when it has reconnected" .. proves(29), function()
      local own <close> = pyro.Proxy(proxy)
      local stream = own:count_to(3)
      assert.are.equal(1, stream())
      own:_pyroRelease()
      assert.are.equal("the proxy for this stream result has been closed", failure(stream).message)
      own:_pyroReconnect(1)
      assert.are.equal(2, stream())
      assert.are.equal(3, stream())
      assert.is_nil(stream())
      assert.is_nil(stream())
    end)

    it("repeats calls that take too long" .. proves(17), function()
      local own <close> = pyro.Proxy(proxy)
      own._pyroTimeout, own._pyroMaxRetries = 0.1, 2
      assert.are.equal("TimeoutError", failure(own.slow, own, 60).class)
    end)

    it("changes its serializer amidst a connection" .. proves(18), function()
      local own <close> = pyro.Proxy(proxy)
      assert.are.equal(1, own:echo(1))
      own._pyroSerializer = "serpent"
      assert.are.same({ 1, 2 }, own:echo { 1, 2 })
    end)

    it("carries the context of the call both ways" .. proves(20), function()
      local context = pyro.current_context
      context.annotations = { ASKS = "a question" }
      context.correlation_id = "5a6b7c8d-0000-4000-8000-000000000001"
      local seen = proxy:circumstances()
      context.annotations, context.correlation_id = {}, nil
      assert.are.same({ "a question", "5a6b7c8d-0000-4000-8000-000000000001" }, { seen.asked, seen.correlation })
      assert.are.equal("answer", context.response_annotations.RSPN)
      proxy:echo(1)
      assert.is_nil(context.response_annotations.RSPN)
    end)

    it("sends and gets proxies that can be used" .. proves(22), function()
      local other <close> = proxy:other()
      assert.are.equal("shown", other:shown())
      local sent = pyro.Proxy("PYRO:half@" .. at, { handshake = { "data" }, serializer = "serpent" })
      local back = proxy:echo(sent)
      assert.is_true(back == sent)
      assert.are.same({ { "data" }, "serpent" }, { back._pyroHandshake, back._pyroSerializer })
      assert.are.equal("shown", back:shown())
      back:_pyroRelease()
    end)

    it("without metadata calls oneway what it is told to" .. proves(14), function()
      pyro.config.METADATA = false
      local own <close> = pyro.Proxy("PYRO:thing@" .. at)
      own._pyroOneway = { "slow" }
      local ok, err = pcall(own.slow, own, 0.1)
      local noted = own:noted()
      pyro.config.METADATA = true
      assert(ok, err)
      assert.are.same({}, noted)
      assert.are.same({}, own._pyroMethods)
    end)

    it("uses a connected socket" .. proves(21), function()
      local mine, theirs = pyro.socketpair()
      peers.start(generation, { "spec/interop/python/socket_server.py", generation, descriptors = { theirs } })
      local own <close> = pyro.Proxy("thing", { connected_socket = mine, protocol = proxy._pyroProtocol })
      assert.are.equal("text", own:echo "text")
      assert.are.equal(3, #own._pyroMethods)
      assert.are.equal(5, own:__len__())
      local items = {}
      for item in own:count_to(2) do
        items[#items + 1] = item
      end
      assert.are.same({ 1, 2 }, items)
    end)
  end)
end
