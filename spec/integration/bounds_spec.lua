--- bind, rpc: what the values of one message may take.
local pyro = require "pyro"
local served = require "spec.support.served"

local failure = served.failure

local REFUSED = "^SerializeError: the values of the message take more memory than MAX_VALUE_MEMORY allows "
  .. "%(100000 bytes%)"

local function numbers(count)
  local list = {}
  for i = 1, count do
    list[i] = i
  end
  return list
end

--- Values that are short on their way, and long where they are built.
local function repeated(count, make)
  local list = {}
  for i = 1, count do
    list[i] = make(i)
  end
  return list
end

local LONG = {
  numbers = numbers(10000),
  lists = repeated(2000, function()
    return {}
  end),
  dicts = repeated(2000, function(i)
    return pyro.dict { a = i }
  end),
  reals = repeated(7, function(i)
    return repeated(1000, function(j)
      return i + j / 2
    end)
  end),
  text = ("x"):rep(200000),
  bytes = pyro.bytes(("x"):rep(200000)),
}

describe("MAX_VALUE_MEMORY", function()
  local proxy

  before_each(function()
    pyro.config.MAX_VALUE_MEMORY = 100000
    proxy = served.open {
      take = function(_, value)
        return type(value)
      end,
      give = function(_, name)
        return LONG[name]
      end,
      each = function()
        return coroutine.wrap(function()
          coroutine.yield "short"
          coroutine.yield(LONG.numbers)
        end)
      end,
      annotations = function()
        return pyro.current_context.annotations.LONG
      end,
      annotate = function()
        pyro.current_context.response_annotations = { LONG = ("x"):rep(60000), MORE = ("x"):rep(60000) }
      end,
    }
    proxy._pyroProtocol = 502 -- whose annotations may be longer
  end)

  after_each(function()
    pyro.config.reset()
    served.close()
  end)

  for _, serializer in ipairs { "msgpack", "json", "serpent", "marshal", "pickle" } do
    for name, value in pairs(LONG) do
      if not (name == "bytes" and serializer == "json") then
        it(("bounds %s in %s, either way"):format(name, serializer), function()
          for _, compressed in ipairs { false, true } do
            pyro.config.COMPRESSION = compressed
            proxy._pyroSerializer = serializer
            proxy._pyroProtocol = serializer == "pickle" and 48 or 502
            assert.matches(REFUSED, tostring(failure(proxy.take, proxy, value)))
            assert.are.equal("number", proxy:take(7))
            assert.matches(REFUSED, tostring(failure(proxy.give, proxy, name)))
            assert.are.equal("number", proxy:take(7))
          end
        end)
      end
    end
  end

  it("says nothing of what is within it", function()
    assert.are.equal("table", proxy:take(numbers(3000)))
    pyro.config.MAX_VALUE_MEMORY = 0
    assert.are.equal("table", proxy:take(LONG.numbers))
    assert.are.same(LONG.numbers, proxy:give "numbers")
  end)

  it("bounds batches", function()
    local batch = pyro.batch(proxy)
    for i = 1, 4000 do
      batch:take(i)
    end
    assert.matches(REFUSED, tostring(failure(batch)))
    batch:give "numbers"
    assert.matches(REFUSED, tostring(failure(batch)))
    batch:take(7)
    assert.are.equal("number", batch()())
  end)

  it("bounds the items of streams", function()
    local next_item = proxy:each()
    assert.are.equal("short", next_item())
    assert.matches(REFUSED, tostring(failure(next_item)))
    assert.are.equal("number", proxy:take(7))
  end)

  it("bounds futures", function()
    local future = pyro.async(proxy):give "numbers"
    assert.matches(REFUSED, tostring(failure(function()
      return future:value()
    end)))
    assert.are.equal("number", proxy:take(7))
  end)

  it("bounds blobs, as they come and as they are opened", function()
    local received
    local final = served.open {
      take = function(_, blob)
        received = blob
      end,
    }
    assert.matches(REFUSED, tostring(failure(final.take, final, pyro.SerializedBlob("info", { LONG.text }))))
    final:take(pyro.SerializedBlob("info", { LONG.numbers }))
    assert.matches(REFUSED, tostring(failure(received.deserialized, received)))
  end)

  it("bounds annotations", function()
    local context = pyro.current_context
    context.annotations = { LONG = ("x"):rep(60000), MORE = ("x"):rep(60000) }
    assert.matches(REFUSED, tostring(failure(proxy.annotations, proxy)))
    context.annotations = {}
    assert.matches(REFUSED, tostring(failure(proxy.annotate, proxy)))
    assert.are.equal("number", proxy:take(7))
  end)

  it("bounds what objects in C are given", function()
    local native <close> = pyro.Proxy((tostring(proxy._pyroUri):gsub("PYRO:[^@]*@", "PYRO:Pyro.Daemon@")))
    assert.matches(REFUSED, tostring(failure(native.get_metadata, native, LONG.numbers)))
    assert.is_nil(native:ping())
  end)

  it("gives back what a refused message has built", function()
    pyro.config.MAX_VALUE_MEMORY = 50000000
    proxy._pyroSerializer = "serpent" -- which announces nothing, so much is built
    local list = {}
    for i = 1, 1000000 do
      list[i] = {}
    end
    collectgarbage()
    local before, most = collectgarbage "count", 0
    for _ = 1, 5 do
      failure(proxy.take, proxy, list)
      most = math.max(most, collectgarbage "count")
    end
    assert.is_true(most - before < 20000, ("%.0f KiB are left"):format(most - before))
  end)
end)
