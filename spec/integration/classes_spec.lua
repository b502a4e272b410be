--- pyro.registerClass: objects of one's own classes, sent to a served object and back.
local pyro = require "pyro"
local served = require "spec.support.served"

local Item = { __name = "Item" }
Item.__index = Item

local Box = {}
Box.__index = Box

function Item.new(name, price)
  return setmetatable({ name = name, price = price }, Item)
end

describe("objects of a registered class", function()
  local proxy, seen
  local target = {}

  function target:echo(value)
    seen = value
    return value
  end

  function target:plain(value)
    pyro.unregisterClass "shop.Item"
    seen = value
  end

  function target:raise(value)
    error(value)
  end

  before_each(function()
    proxy = served.open(target)
    proxy:_pyroBind()
    pyro.registerClass("shop.Item", Item)
  end)

  after_each(function()
    pyro.unregisterClass "shop.Item"
    pyro.unregisterClass "shop.Box"
    served.close()
  end)

  it("arrive as objects, with their fields", function()
    local item = Item.new("chair", 1.5)
    local back = proxy:echo(item)
    assert.are.equal(Item, getmetatable(seen))
    assert.are.equal(Item, getmetatable(back))
    assert.are.same({ name = "chair", price = 1.5 }, setmetatable(back, nil))
    assert.are.equal(Item, getmetatable(item))
    assert.is_nil(item.__class__)
  end)

  it("travel inside others, and inside containers of any kind", function()
    local shared = Item.new "shared"
    local value = {
      list = { 1, Item.new "a", shared }, tuple = pyro.tuple { shared }, dict = pyro.dict { [1] = Item.new "b" },
      object = Item.new(Item.new "inner"), err = pyro.ValueError(Item.new "c"),
    }
    value.err.about = Item.new "d"
    local before = pyro.repr(value)
    local back = proxy:echo(value)
    assert.are.equal(before, pyro.repr(value), "what was sent is left as it was")
    assert.are.equal(Item, getmetatable(back.list[2]))
    assert.are.equal("shared", back.list[3].name)
    assert.are.equal("b", back.dict[1].name)
    assert.are.equal("inner", back.object.name.name)
    assert.are.equal("c", back.err.args[1].name)
    assert.are.equal("d", back.err.about.name)
  end)

  it("without a module are in pickles those of Python's main program", function()
    proxy._pyroSerializer = "pickle"
    pyro.registerClass("Box", Box)
    assert.are.equal(Box, getmetatable(proxy:echo(setmetatable({ 1 }, Box))))
    pyro.registerClass("__main__.Box", Item)
    assert.are.equal(Item, getmetatable(proxy:echo(setmetatable({ 1 }, Box))))
    pyro.unregisterClass "__main__.Box"
    assert.are.equal("SecurityError", served.failure(proxy.echo, proxy, setmetatable({ size = 1 }, Box)).class)
    pyro.registerClass("Box", Box)
    pyro.unregisterClass "Box"
    assert.are.same({ size = 1 }, proxy:echo(setmetatable({ size = 1 }, Box)))
  end)

  it("are made by their converters", function()
    pyro.registerClass("shop.Box", Box, function(box)
      return { content = table.concat(box, ",") }
    end, function(dict, name)
      return setmetatable({ dict.content, name, dict.__class__ }, Box)
    end)
    local back = proxy:echo { setmetatable({ "a", "b" }, Box) }
    assert.are.equal(Box, getmetatable(seen[1]))
    assert.are.same({ "a,b", "shop.Box" }, setmetatable(seen[1], nil))
    assert.are.same({ "a,b,shop.Box", "shop.Box" }, setmetatable(back[1], nil))
  end)

  it("may become nothing on arrival", function()
    pyro.registerClass("shop.Box", Box, nil, function() end)
    assert.is_nil(proxy:echo(setmetatable({}, Box)))
    assert.are.equal("[None, 1]", pyro.repr(proxy:echo { setmetatable({}, Box), 1 }))
  end)

  it("travel as their fields, and are refused on arrival, once the class is unregistered", function()
    proxy:plain(1)
    proxy:plain(Item.new "chair")
    assert.are.equal("{'name': 'chair'}", pyro.repr(seen))
    pyro.registerClass("shop.Item", Item)
    pyro.registerClass("other.Item", Item)
    pyro.unregisterClass "other.Item"
    assert.are.equal("{'name': 'chair'}", pyro.repr(proxy:echo(Item.new "chair")))
    local err = served.failure(proxy.echo, proxy, { __class__ = "shop.Chair", name = "x" })
    assert.are.equal("SerializeError: unsupported serialized class: shop.Chair", tostring(err))
    err = served.failure(proxy.echo, proxy, { __class__ = "__main__.Chair" })
    assert.are.equal("SecurityError: refused to deserialize types with double underscores in their name: "
      .. "__main__.Chair", tostring(err))
  end)

  it("may have any name when they are registered", function()
    pyro.registerClass("__main__.Box", Box)
    assert.are.equal(Box, getmetatable(proxy:echo(setmetatable({}, Box))))
    pyro.unregisterClass "__main__.Box"
  end)

  it("fail before anything is sent, with the argument's number", function()
    seen = nil
    local function refused(expected, to_dict)
      pyro.registerClass("shop.Box", Box, to_dict)
      local err = served.failure(proxy.echo, proxy, 1, { setmetatable({}, Box) })
      assert.are.equal("SerializeError", err.class)
      assert.matches(expected, err.message)
    end
    refused("^argument 2: toDict of 'shop.Box' failed: .*classes_spec.lua:%d+: too heavy$", function()
      error "too heavy"
    end)
    refused("^argument 2: toDict of 'shop.Box' failed: ValueError: no$", function()
      error(pyro.ValueError "no")
    end)
    refused("^argument 2: toDict of 'shop.Box' failed: it returned no table, but nil$", function() end)
    refused("^argument 2%[1%].f: a function cannot travel$", function()
      return { f = print }
    end)
    refused("^argument 2%[1%].back: a table that contains itself cannot travel$", function(box)
      return { back = box }
    end)
    assert.is_nil(seen)
  end)

  it("that cannot be made or sent are errors of that call alone", function()
    pyro.registerClass("shop.Box", Box, function(box)
      return box.good and {} or error "too heavy"
    end, function()
      error(pyro.KeyError "lost")
    end)
    local err = served.failure(proxy.echo, proxy, setmetatable({ good = true }, Box))
    assert.are.equal("KeyError: 'lost'", tostring(err))
    local bad = served.open { take = function()
      return setmetatable({}, Box)
    end }
    err = served.failure(bad.take, bad)
    assert.matches("^result: toDict of 'shop.Box' failed: .*too heavy$", err.message)
    assert.are.equal(1, proxy:echo(1))
  end)

  it("have converters that may call and wait", function()
    pyro.registerClass("shop.Box", Box, function()
      proxy:_pyroRelease()
      pyro.sleep(0.01)
      return { answer = proxy:echo(41) }
    end, function(dict)
      local other <close> = pyro.Proxy(proxy._pyroUri)
      return other:echo(dict.answer) + 1
    end)
    assert.are.equal(42, proxy:echo(setmetatable({}, Box)))
    assert.are.equal(1, proxy:echo(1))
  end)

  it("may be raised as errors", function()
    local err = served.failure(proxy.raise, proxy, Item.new("chair", 3))
    assert.are.equal(Item, getmetatable(err))
    assert.are.equal(3, err.price)
  end)

  it("travel as proxies where a daemon serves them", function()
    local item = Item.new("chair", 3)
    pyro.attributes(item, "price")
    local _, daemon = served.open {}
    daemon:register(item)
    assert.are.equal(3, proxy:echo { item }[1].price)
    assert.are.not_equal(Item, getmetatable(seen[1]))
  end)

  it("need a name, a class, and functions", function()
    assert.error_matches(function() pyro.registerClass(1, Item) end, "needs the class's name, got number")
    assert.error_matches(function() pyro.registerClass("", Item) end, "needs the class's name, got string")
    assert.error_matches(function() pyro.registerClass("x", "Item") end, "needs a class %(a metatable%), got string")
    assert.error_matches(function() pyro.registerClass("x", Item, 1) end, "needs functions to convert, got number")
    assert.error_matches(function() pyro.registerClass("x", Item, nil, {}) end, "needs functions to convert, got table")
  end)
end)
