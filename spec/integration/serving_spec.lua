--- bind: what a daemon does for its clients, in the protocols of both generations.
local pyro = require "pyro"
local served = require "spec.support.served"

local context = pyro.current_context
local soon = served.soon

local Server = { __name = "Server" }
Server.__index = Server
pyro.oneway(Server, "note")

function Server:echo(value) -- luacheck: ignore self
  return value
end

function Server:fail(...) -- luacheck: ignore self
  local secret = "local value"
  error(pyro.ValueError(..., secret))
end

function Server:note(text, gate)
  if gate then
    self.gate:wait()
  end
  self.noted[#self.noted + 1] = text
end

local function closing(self, what)
  return setmetatable({}, { __close = function()
    self.closed = what
  end })
end

function Server:count(n)
  local i = 0
  return function()
    i = i + 1
    pyro.sleep(0)
    return i <= n and i or nil
  end, nil, nil, closing(self, "iterator")
end

function Server:pairs() -- luacheck: ignore self
  return pairs { key = "value" }
end

function Server:yields()
  return coroutine.create(function()
    local _ <close> = closing(self, "coroutine")
    coroutine.yield "one"
    coroutine.yield(nil)
    error(pyro.KeyError "broken")
  end)
end

function Server:wraps()
  return coroutine.wrap(function()
    local _ <close> = closing(self, "wrapped coroutine")
    coroutine.yield "one"
    coroutine.yield "two"
  end)
end

function Server:circumstances() -- luacheck: ignore self
  context.response_annotations = { RESP = context.annotations.ASKS .. " answered" }
  return context.correlation_id
end

for _, protocol in ipairs { 48, 502 } do
  describe(("a daemon, in protocol %d"):format(protocol), function()
    local object, daemon, uri, proxy

    before_each(function()
      object = setmetatable({ noted = {} }, Server)
      daemon = pyro.Daemon {}
      uri = daemon:register(object, "object")
      proxy = pyro.Proxy(uri, { protocol = protocol })
    end)

    after_each(function()
      proxy:_pyroRelease()
      daemon:close()
      pyro.config.reset()
    end)

    local function open(id, options)
      options = options or {}
      options.protocol = protocol
      local opened = pyro.Proxy(daemon:uriFor(id), options)
      opened:_pyroBind()
      return opened
    end

    it("streams iterators #r29", function()
      local items = {}
      for item in proxy:count(3) do
        items[#items + 1] = item
      end
      assert.are.same({ 1, 2, 3 }, items)
      for item in proxy:pairs() do
        assert.are.same({ "key", "value" }, { item[1], item[2] })
      end
      for item in proxy:count(100) do
        if item == 5 then
          break
        end
      end
      assert.is_true(soon(function()
        return object.closed == "iterator"
      end))
    end)

    it("streams coroutines, up to their errors #r29", function()
      local items = {}
      local err = served.failure(function()
        for item in proxy:yields() do
          items[#items + 1] = item
        end
      end)
      assert.are.same({ "one", pyro.null }, items)
      assert.are.equal("KeyError", err.class)
      assert.matches("serving_spec.lua", table.concat(err.remoteTraceback))
      assert.are.equal("coroutine", object.closed)
    end)

    it("streams nothing where it is told so #r29", function()
      pyro.config.ITER_STREAMING = false
      local err = served.failure(proxy.count, proxy, 3)
      assert.are.equal("ProtocolError", err.class)
      assert.matches("not configured to allow streaming", err.message)
    end)

    it("closes the variables of coroutines that nobody wants items of any more #r29", function()
      for _, case in ipairs { { "yields", "coroutine" }, { "wraps", "wrapped coroutine" } } do
        local stream = proxy[case[1]](proxy)
        assert.are.equal("one", stream())
        assert.are_not.equal(case[2], object.closed)
        stream:close()
        assert.is_true(soon(function()
          return object.closed == case[2]
        end))
      end
    end)

    it("closes streams that are open when it is closed #r29", function()
      local stream = proxy:count(10)
      assert.are.equal(1, stream())
      daemon:close()
      assert.is_true(soon(function()
        return object.closed == "iterator"
      end))
    end)

    it("serves batches #r15", function()
      local batch = pyro.batch(proxy)
      batch:echo(1)
      batch:echo(nil)
      batch:fail "bad"
      batch:echo "is not called"
      local results = batch()
      assert.are.equal(1, results())
      assert.are.equal(pyro.null, results())
      local err = served.failure(results)
      assert.are.same({ "bad", "local value" }, err.args)
      assert.matches("in fail\n", table.concat(err.remoteTraceback))
      assert.is_nil(results())
    end)

    it("gives calls their context #r20", function()
      context.annotations = { ASKS = "asked" }
      context.correlation_id = "f15e80c7-1b4a-47f2-9cf5-00ca86551698"
      assert.are.equal(context.correlation_id, proxy:circumstances())
      assert.are.equal("asked answered", context.response_annotations.RESP)
      context.annotations, context.correlation_id = {}, nil
    end)

    it("validates handshakes, which may take their time #r33 #r19", function()
      local seen, correlated
      pyro.current_context.correlation_id = "f15e80c7-1b4a-47f2-9cf5-00ca86551698"
      function daemon:validateHandshake(connection, data)
        assert.are.equal(daemon, self)
        pyro.sleep(0.05)
        if data ~= "sesame" then
          error(pyro.ValueError "no entry")
        end
        seen = connection.address
        assert.are.equal(seen, context.client.address)
        assert.are.equal(seen, context.client_sock_addr)
        assert.is_true(context.seq >= 0 and context.serializer_id > 0)
        assert.are.same({}, context.annotations)
        correlated = context.correlation_id
        return { "welcome" }
      end
      local response
      open("object", { handshake = "sesame", validateHandshake = function(_, what)
        response = what
      end })
      assert.are.same({ "welcome" }, response)
      assert.are.equal(pyro.current_context.correlation_id, correlated)
      pyro.current_context.correlation_id = nil
      assert.matches("^127.0.0.1:%d+$", seen)
      local err = served.failure(open, "object", { handshake = "simsim" })
      assert.matches("rejected: no entry$", err.message)
      assert.matches("rejected: unknown object: it has none of the id 'nobody'; look up",
        served.failure(open, "nobody", { handshake = "sesame" }).message)
    end)

    it("tells of clients that have gone, and closes what was kept for them #r33", function()
      local gone, resource = {}, { close = function(self)
        self.closed = true
      end }
      function daemon:clientDisconnect(connection)
        assert.are.equal(daemon, self)
        gone[#gone + 1] = connection.tracked_resources[resource] and connection.address
      end
      daemon:register({ track = function()
        context:track_resource(resource)
        return context.client_sock_addr
      end }, "tracker")
      local tracker = open "tracker"
      local address = tracker:track()
      tracker:_pyroRelease()
      assert.is_true(soon(function()
        return resource.closed
      end))
      assert.are.same({ address }, gone)
    end)

    it("closes tracked resources once, also those that nothing else holds #r33", function()
      local closed = {}
      local function resource(name)
        return { close = function()
          closed[#closed + 1] = name
        end }
      end
      local untracked, late = resource "untracked", nil
      daemon:register({ track = function()
        context:track_resource(resource "forgotten")
        context:track_resource(setmetatable({}, { __close = function()
          closed[#closed + 1] = "to be closed"
        end }))
        context:track_resource(untracked)
        context:untrack_resource(untracked)
      end, linger = function()
        local client = context.client
        late = "waits"
        soon(function()
          return client.closed
        end)
        context:track_resource(resource "late")
        late = "over"
      end }, "tracker")
      local tracker = open "tracker"
      tracker:track()
      collectgarbage()
      collectgarbage()
      assert.are.same({}, closed)
      pyro.spawn(pcall, function()
        tracker:linger()
      end)
      assert.is_true(soon(function()
        return late == "waits"
      end))
      tracker:_pyroRelease()
      assert.is_true(soon(function()
        return late == "over" and #closed == 3
      end))
      daemon:close()
      pyro.sleep(0)
      table.sort(closed)
      assert.are.same({ "forgotten", "late", "to be closed" }, closed)
    end)

    it("adds annotations to all answers #r33", function()
      function daemon:annotations()
        assert.are.equal(daemon, self)
        return { DMON = "daemon's", RESP = "over all" }
      end
      context.annotations = { ASKS = "asked" }
      proxy:circumstances()
      assert.are.same({ "daemon's", "over all" },
        { context.response_annotations.DMON, context.response_annotations.RESP })
      context.annotations = {}
      served.failure(proxy.fail, proxy)
      assert.are.equal("daemon's", context.response_annotations.DMON)
      proxy:note "oneway"
      assert.are.same({}, context.response_annotations)
      function daemon:annotations()
        error "this does no harm"
      end
      assert.are.equal(1, proxy:echo(1))
    end)

    it("serves classes by instances #r27", function()
      local function class(mode)
        local Counter = { value = 0 }
        Counter.__index = Counter
        function Counter:count()
          self.value = self.value + 1
          return self.value
        end
        daemon:register(pyro.behavior(Counter, { instance_mode = mode }), mode)
      end
      for mode, expected in pairs { session = { 1, 2, 1 }, single = { 1, 2, 3 }, percall = { 1, 1, 1 } } do
        class(mode)
        local one, two = open(mode), open(mode)
        assert.are.same(expected, { one:count(), one:count(), two:count() })
      end
    end)

    it("runs oneway calls beside the others, or in their turn #r30", function()
      object.gate = pyro.event()
      proxy:note("slow", true)
      proxy:note "fast"
      assert.are.equal(1, proxy:echo(1))
      assert.is_true(soon(function()
        return #object.noted == 1
      end))
      object.gate:set()
      assert.is_true(soon(function()
        return #object.noted == 2
      end))
      assert.are.same({ "fast", "slow" }, object.noted)
      pyro.config.ONEWAY_THREADED = false
      object.noted, object.gate = {}, pyro.event()
      proxy:note("slow", true)
      proxy:note "fast"
      local last = pyro.async(proxy):echo(1)
      local other <close> = pyro.Proxy(proxy)
      assert.are.equal(2, other:echo(2))
      assert.are.same({ false, 0 }, { last.ready, #object.noted })
      object.gate:set()
      assert.are.equal(1, last.value)
      assert.are.same({ "slow", "fast" }, object.noted)
    end)

    it("compresses what pays #r40", function()
      pyro.config.COMPRESSION = true
      for _, value in ipairs { ("long "):rep(1000), "short", ("x"):rep(100000) } do
        assert.are.equal(value, proxy:echo(value))
      end
    end)

    it("tells the values of local variables where DETAILED_TRACEBACK is on #r31", function()
      pyro.config.DETAILED_TRACEBACK = true
      local text = table.concat(served.failure(proxy.fail, proxy, "bad").remoteTraceback)
      assert.matches("^%-+\n EXCEPTION ValueError: %('bad', 'local value'%)\n", text)
      assert.matches("in fail\nSource code:\n    error%(pyro.ValueError", text)
      assert.matches("    secret = 'local value'\n    self = {'noted': %[%]}\n        self.noted = %[%]\n", text)
    end)
  end)
end

describe("pyro.behavior", function()
  it("refuses what makes no sense", function()
    for message, bad in pairs {
      ["invalid instance mode: sometimes"] = { instance_mode = "sometimes" },
      ["instance_creator must be a function, got number"] = { instance_creator = 5 },
      ["unknown option 'mode' %(known: instance_mode instance_creator%)"] = { mode = "single" },
    } do
      assert.error_matches(function()
        pyro.behavior({}, bad)
      end, message)
    end
    assert.error_matches(function()
      pyro.behavior("text", {})
    end, "a class or object %(a table%) expected, got string")
  end)
end)
