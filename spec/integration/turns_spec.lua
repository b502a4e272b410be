--- rpc, bind: clients that send many calls at once. Others have their turn meanwhile, and what a client
--- sent before it ended is carried out.
local pyro = require "pyro"
local served = require "spec.support.served"

local soon = served.soon

local Server = { __name = "Server" }
Server.__index = Server
pyro.oneway(Server, "note", "wait")

function Server:note()
  self.noted = self.noted + 1
  if self.noted == self.last then
    self.daemon:close()
  end
end

function Server:wait()
  pyro.sleep(0)
  self.noted = self.noted + 1
end

function Server:hold()
  self.gate:wait()
end

function Server:count()
  return self.noted
end

function Server:items()
  return function()
    return "item"
  end, nil, nil, setmetatable({}, { __close = function()
    self.noted_at_close = self.noted
  end })
end

for _, protocol in ipairs { 48, 502 } do
  describe(("a daemon, in protocol %d"):format(protocol), function()
    local object, daemon, uri, flooder

    local function open()
      local proxy = pyro.Proxy(uri, { protocol = protocol })
      proxy:_pyroBind()
      return proxy
    end

    before_each(function()
      object = setmetatable({ noted = 0, gate = pyro.event() }, Server)
      daemon = pyro.Daemon {}
      object.daemon = daemon
      uri = daemon:register(object)
      flooder = open()
    end)

    after_each(function()
      flooder:_pyroRelease()
      daemon:close()
      pyro.config.reset()
    end)

    --- Calls a oneway method so often.
    local function flood(proxy, method, times)
      for _ = 1, times do
        proxy[method](proxy)
      end
    end

    local function noted(times)
      return soon(function()
        return object.noted == times
      end)
    end

    local function alone()
      return soon(function()
        return #pyro.debug().daemons[1].connections == 0
      end)
    end

    it("lets others have their turn amid floods of oneway calls", function()
      local other <close>, flooders, most = open(), {}, 0
      for i = 1, 5 do
        flooders[i] = open()
        flood(flooders[i], "note", 3000)
      end
      for _ = 1, 10 do
        local before = object.noted
        other:count()
        most = math.max(most, object.noted - before)
      end
      assert.is_true(noted(15000))
      assert.is_true(most > 0 and most < 1000, "others waited for " .. most .. " calls")
      for _, proxy in ipairs(flooders) do
        proxy:_pyroRelease()
      end
    end)

    for method, what in pairs { note = "take no time", wait = "wait" } do
      it(("carries out all oneway calls of a client that ends, which %s"):format(what), function()
        flood(flooder, method, 1000)
        flooder:_pyroRelease()
        assert.is_true(noted(1000))
        assert.is_true(alone())
      end)
    end

    it("carries out what a client sent that ended amid a call", function()
      local held = pyro.async(flooder):hold()
      flood(flooder, "note", 100)
      flooder:_pyroRelease()
      assert.are.equal("ConnectionClosedError", served.failure(function()
        return held.value
      end).class)
      pyro.sleep(0.05)
      assert.are.equal(0, object.noted)
      object.gate:set()
      assert.is_true(noted(100))
      assert.is_true(alone())
    end)

    it("goes on with a batch whose client ended, and whose entries wait for authorize()", function()
      function daemon.authorize()
        if object.noted > 0 then
          object.gate:wait()
        end
        return true
      end
      local batch = pyro.batch(flooder)
      flood(batch, "note", 100)
      batch { oneway = true }
      assert.is_true(noted(1))
      flooder:_pyroRelease()
      assert.is_true(alone())
      object.gate:set()
      assert.is_true(noted(100))
    end)

    it("keeps the instance of a client that ended while authorize() decides about its calls", function()
      local Counter, total, instances = {}, 0, {}
      Counter.__index = Counter
      function Counter:begin()
        instances[self] = true
      end
      function Counter:note()
        instances[self] = true
        total = total + 1
      end
      pyro.behavior(Counter, { instance_mode = "session" })
      pyro.oneway(Counter, "note")
      function daemon.authorize(_, _, _, method)
        if method == "note" then
          object.gate:wait()
        end
        return true
      end
      local proxy = pyro.Proxy(daemon:register(Counter), { protocol = protocol })
      proxy:begin()
      flood(proxy, "note", 100)
      proxy:_pyroRelease()
      pyro.sleep(0.05)
      object.gate:set()
      assert.is_true(soon(function()
        return total == 100
      end))
      assert.is_nil(next(instances, next(instances)))
    end)

    it("ends the streams of a client when all of its calls are carried out", function()
      pyro.config.ITER_STREAM_LINGER = 0
      local next_item = flooder:items()
      assert.are.equal("item", next_item())
      flood(flooder, "note", 1000)
      flooder:_pyroRelease()
      assert.is_true(soon(function()
        return object.noted_at_close
      end))
      assert.are.equal(1000, object.noted_at_close)
    end)

    it("may close amid all that", function()
      object.last = 50
      flood(flooder, "note", 1000)
      flooder:_pyroRelease()
      assert.is_true(soon(function()
        return object.noted >= 50
      end))
      pyro.sleep(0.05)
      assert.is_true(object.noted < 100, "others ran: " .. object.noted)
    end)
  end)
end
