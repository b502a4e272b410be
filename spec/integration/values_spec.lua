--- bind: values that go to a served object and come back.
local pyro = require "pyro"
local served = require "spec.support.served"

local echo = {}

function echo:echo(...) -- luacheck: ignore self
  return ...
end

function echo:kind(value) -- luacheck: ignore self
  return math.type(value) or type(value)
end

describe("values", function()
  local proxy

  setup(function()
    proxy = served.open(echo)
  end)

  teardown(served.close)

  it("come back as they went", function()
    local values = {
      true, false, 0, 1, -1, 127, 128, 255, 256, 65535, 65536, -32768, -32769, 2 ^ 31 | 0,
      math.maxinteger, math.mininteger, 0.5, -1e300, 5e-324, math.huge, -math.huge, "", "text",
      "snowman \u{2603}, \u{1F600}", ("x"):rep(100000), "\0", "a\0b", "\xff\xfe", "\u{10FFFF}",
    }
    for _, value in ipairs(values) do
      assert.are.equal(value, proxy:echo(value))
    end
  end)

  it("keep integer and float apart", function()
    assert.are.equal("integer", math.type(proxy:echo(3)))
    assert.are.equal("float", math.type(proxy:echo(3.0)))
    assert.are.equal("-0.0", pyro.repr(proxy:echo(-0.0)))
    assert.is_true(proxy:echo(0 / 0) ~= proxy:echo(0 / 0))
  end)

  it("may be nil, none or several", function()
    assert.is_nil(proxy:echo(nil))
    assert.is_nil(proxy:echo())
    assert.are.equal("(1, None, 'x')", pyro.repr(proxy:echo(1, nil, "x")))
    assert.are.equal("nil", proxy:kind(nil))
  end)

  it("travel as the containers that they are", function()
    local function back(value)
      return pyro.repr(proxy:echo(value))
    end
    assert.are.equal("[]", back {})
    assert.are.equal("[1, [2, []]]", back { 1, { 2, {} } })
    assert.are.equal("{'a': 1}", back { a = 1 })
    assert.are.equal("{}", back(pyro.dict {}))
    assert.are.equal("{1: 'one'}", back(pyro.dict { "one" }))
    assert.are.equal("{'a': [1.5, None, {'b': True}]}", back { a = { 1.5, pyro.null, { b = true } } })
    assert.are.equal("b'\\xff'", back "\xff")
  end)

  it("keep their types", function()
    for _, value in ipairs { pyro.tuple {}, pyro.tuple { 1, { pyro.tuple { 2 } } }, pyro.set { 1 }, pyro.set {},
      pyro.frozenset { pyro.frozenset {} }, pyro.set { pyro.set { 1 } }, { 10, 20, unit = "kg" }, { 1, 2, nil, 4 },
      { [1001] = 2.5, [pyro.tuple { 1, pyro.tuple {} }] = pyro.tuple { 1 }, [-1.5] = pyro.list {} },
      pyro.complex(1, -2), pyro.date "2020-02-29" } do
      assert.are.equal(pyro.repr(value), pyro.repr(proxy:echo(value)))
    end
  end)

  it("a dict that arrived goes back as a dict", function()
    assert.are.equal("{}", pyro.repr(proxy:echo(proxy:echo(pyro.dict {}))))
    assert.are.equal("{1: 2}", pyro.repr(proxy:echo(proxy:echo(pyro.dict { [1] = 2 }))))
  end)

  it("nest a hundred levels", function()
    local value = {}
    for _ = 1, 100 do
      value = { value }
    end
    local depth, at = 0, proxy:echo(value)
    while at[1] do
      depth, at = depth + 1, at[1]
    end
    assert.are.equal(100, depth)
  end)

  it("may be large", function()
    local list = {}
    for i = 1, 100000 do
      list[i] = i
    end
    assert.are.same(list, proxy:echo(list))
    local megabytes = ("\xff"):rep(8 * 1024 * 1024)
    assert.is_true(megabytes == proxy:echo(megabytes))
  end)

  it("that are URIs and proxies keep working", function()
    local uri = proxy:echo(pyro.URI "PYRO:obj@localhost:1234")
    assert.are.equal("PYRO:obj@localhost:1234", tostring(uri))
    assert.are.equal(1234, uri.port)
    assert.are.equal(42, proxy:echo(proxy):echo(42))
  end)

  it("that are errors keep class and arguments", function()
    local err = proxy:echo(pyro.KeyError("price", 3))
    assert.are.equal("KeyError", err.class)
    assert.are.same({ "price", 3 }, err.args)
  end)
end)

describe("values between programs of pyrolua", function()
  local PAIR = pyro.tuple { 1, { [7] = pyro.set { 2 } } }
  local shown = pyro.repr(PAIR)

  after_each(served.close)

  it("keep their types in batches, streams, futures, attributes and errors", function()
    local object = { pair = PAIR }
    function object:echo(...) return ... end -- luacheck: ignore self
    function object:raise(value) error(pyro.ValueError(value)) end -- luacheck: ignore self
    function object:items(value) -- luacheck: ignore self
      return coroutine.wrap(function()
        coroutine.yield(value)
      end)
    end
    pyro.attributes(object, "pair")
    local proxy = served.open(object)
    local batch = pyro.batch(proxy)
    batch:echo(PAIR)
    assert.are.equal(shown, pyro.repr(batch()()))
    for item in proxy:items(PAIR) do
      assert.are.equal(shown, pyro.repr(item))
    end
    assert.are.equal(shown, pyro.repr(pyro.async(proxy):echo(PAIR).value))
    assert.are.equal(shown, pyro.repr(proxy.pair))
    proxy.pair = PAIR
    assert.are.equal(shown, pyro.repr(object.pair))
    assert.are.equal(shown, pyro.repr(served.failure(proxy.raise, proxy, PAIR).args[1]))
  end)

  it("keep them over connected sockets", function()
    local here, there = pyro.socketpair()
    local daemon <close> = pyro.Daemon { connected_socket = here }
    daemon:register({ echo = function(_, value) return value end }, "echo")
    local proxy <close> = pyro.Proxy("echo", { connected_socket = there })
    assert.are.equal(shown, pyro.repr(proxy:echo(PAIR)))
  end)
end)

describe("bytes that arrive", function()
  local usual = pyro.config.BYTES
  local seen = {}
  local holder = {}

  function holder:take(value) -- luacheck: ignore self
    seen[#seen + 1] = value
    return value
  end

  after_each(function()
    pyro.config.BYTES = usual
    served.close()
  end)

  local function returned(proxy, value)
    return pyro.repr(proxy:take(value))
  end

  it("are strings, or with BYTES = \"bytes\" of a type that goes back as bytes", function()
    local values = { pyro.bytes "hello", { pyro.bytes "hello", { pyro.bytes "" } },
      { a = pyro.bytes "hello" }, pyro.tuple { "hello", pyro.bytes "\xff\xfe" } }
    for _, serializer in ipairs { "auto", "serpent", "marshal", "msgpack", "pickle" } do
      for _, literal in ipairs { false, true } do
        pyro.config.SERPENT_BYTES_REPR = literal
        local proxy = served.open { take = holder.take }
        proxy._pyroSerializer = serializer ~= "auto" and serializer or nil
        pyro.config.BYTES = "string"
        assert.are.equal("'hello'", returned(proxy, values[1]))
        pyro.config.BYTES = "bytes"
        for _, value in ipairs(values) do
          local expected = pyro.repr(value)
          assert.are.equal(expected, returned(proxy, value))
          assert.are.equal(expected, pyro.repr(seen[#seen]))
          assert.are.equal(expected, returned(proxy, seen[#seen]))
        end
        assert.are.equal("'hello'", returned(proxy, "hello"))
      end
    end
    pyro.config.SERPENT_BYTES_REPR = false
    assert.are.equal("hello", seen[1] .. "")
  end)

  it("of keys and named arguments likewise", function()
    pyro.config.BYTES = "bytes"
    local proxy = served.open { take = holder.take }
    proxy._pyroSerializer = "marshal"
    assert.are.equal("{b'k': b'v'}", returned(proxy, { [pyro.bytes "k"] = pyro.bytes "v" }))
    assert.are.equal("b'v'", pyro.repr(proxy:take(pyro.kwargs { value = pyro.bytes "v" })))
  end)
end)

describe("what cannot travel", function()
  local proxy, calls
  local counter = {}

  function counter:take(...) -- luacheck: ignore self ...
    assert(select("#", ...) < 4)
    calls = calls + 1
  end

  setup(function()
    calls = 0
    proxy = served.open(counter)
  end)

  teardown(served.close)

  local function refused(expected, ...)
    local err = served.failure(proxy.take, proxy, ...)
    assert.are.equal("SerializeError", err.class)
    assert.are.equal(expected, err.message)
  end

  it("is named, with its place", function()
    refused("argument 1: a function cannot travel", print)
    refused("argument 2: a thread cannot travel", 1, coroutine.create(print))
    refused("argument 1.items[2].price: a function cannot travel",
      { items = { 1, { price = print } } })
    refused("argument 1: a userdata cannot travel", io.stdout)
    local deep = {}
    for _ = 1, 5000 do
      deep = { deep }
    end
    refused("argument 1" .. ("[1]"):rep(8) .. ": a table nested this deep cannot travel", deep)
  end)

  it("is an object with methods that no daemon serves", function()
    local Base = { kind = "listener" }
    function Base:notify() end
    local Listener = setmetatable({}, { __index = Base })
    local function hint(place, method)
      return ("%s: an object with methods (such as '%s') cannot travel as data; register it with a daemon, "
        .. "or its class by pyro.registerClass()"):format(place, method)
    end
    refused(hint("argument 1", "notify"), setmetatable({}, { __index = Base }))
    refused(hint("argument 2.who", "notify"), 1, { who = setmetatable({ name = "x" }, { __index = Listener }) })
    local self_indexed = { hear = function(self) return self end }
    self_indexed.__index = self_indexed
    refused(hint("argument 1[1]", "hear"), { setmetatable({}, self_indexed) })
    local listener = setmetatable({}, self_indexed)
    local daemon <close> = pyro.Daemon {}
    daemon:register(listener)
    local before = calls
    proxy:take(listener)
    assert.are.equal(before + 1, calls)
    calls = before
    local bad = served.open { result = function() return setmetatable({}, self_indexed) end }
    assert.are.equal(hint("result", "hear"), served.failure(bad.result, bad).message)
  end)

  it("is no object whose class has only constructors, metamethods and data", function()
    local Point = { unit = "cm", __tostring = function(self) return self.x end }
    Point.__index = Point
    function Point.new(x)
      return setmetatable({ x = x }, Point)
    end
    local before = calls
    proxy:take(Point.new(1), setmetatable({ 1 }, { __index = table }), setmetatable({}, { __index = error }))
    assert.are.equal(before + 1, calls)
    calls = before
  end)

  it("fails before a byte is sent", function()
    assert.are.equal(0, calls)
    proxy:take()
    assert.are.equal(1, calls)
  end)

  it("a cycle is told from depth", function()
    local cycle = {}
    cycle.me = cycle
    refused("argument 1.me: a table that contains itself cannot travel", cycle)
    local outer = { inner = { back = {} } }
    outer.inner.back.again = outer.inner
    refused("argument 1.inner.back.again: a table that contains itself cannot travel", outer)
  end)

  it("a result that cannot travel is the caller's error", function()
    local bad = served.open { results = function()
      return { 1, print }
    end }
    local err = served.failure(bad.results, bad)
    assert.are.equal("result[2]: a function cannot travel", err.message)
  end)
end)
