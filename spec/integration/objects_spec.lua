--- bind: what of an object is served, and how it is called.
local core = require "pyro.core"
local pyro = require "pyro"
local served = require "spec.support.served"

local function members(proxy)
  proxy:_pyroBind()
  return { pyro.repr(proxy._pyroMethods), pyro.repr(proxy._pyroOneway), pyro.repr(proxy._pyroAttrs) }
end

local function nothing() end

describe("an object", function()
  after_each(function()
    served.close()
    pyro.config.REQUIRE_EXPOSE = false
    pyro.config.METADATA = true
  end)

  it("serves its public functions, inherited ones too", function()
    local Base = { inherited = nothing, hidden = nothing, _private = nothing }
    Base.__index = Base
    local Class = setmetatable({ own = nothing, hidden = 3 }, Base)
    Class.__index = Class
    local proxy = served.open(setmetatable({ direct = nothing, field = 1 }, Class))
    proxy:_pyroBind()
    local names = proxy._pyroMethods
    table.sort(names)
    assert.are.same({ "direct", "inherited", "own" }, names)
    for _, name in ipairs { "hidden", "_private", "field", "__index", "nope" } do
      assert.are.equal("AttributeError", served.failure(function()
        return proxy[name](proxy)
      end).class)
    end
  end)

  it("may compute what it serves #r12", function()
    local Class = { method = nothing, _private = nothing }
    function Class:__index(name)
      return name == "double" and 2 * self.single or Class[name]
    end
    function Class:__newindex(name, value)
      rawset(self, name == "double" and "single" or name, name == "double" and value / 2 or value)
    end
    local proxy = served.open(pyro.attributes(setmetatable({ single = 4 }, Class), "double"))
    assert.are.same({ "['method']", "[]", "['double']" }, members(proxy))
    assert.are.equal(8, proxy.double)
    proxy.double = 5
    assert.are.equal(5.0, proxy.double)
  end)

  it("may narrow what it serves", function()
    local Class = { open = nothing, closed = nothing }
    Class.__index = Class
    pyro.expose(Class, { "open" })
    local proxy = served.open(setmetatable({}, Class))
    assert.are.same({ "['open']", "[]", "[]" }, members(proxy))
    assert.error_matches(function()
      pyro.expose(Class, { "_private" })
    end, "exposing private names %(starting with _%) is not allowed: _private")
    assert.error_matches(function()
      pyro.expose("no table", {})
    end, "a class or object %(a table%) expected, got string")
  end)

  it("serves what Python's operators call, not what Lua's do", function()
    local Class = { plain = nothing, __len__ = nothing, __init__ = nothing, __len = nothing, ____ = nothing }
    Class.__index = Class
    local object = setmetatable({}, Class)
    local proxy = served.open(object)
    assert.are.same({ "['__len__', 'plain']", "[]", "[]" }, members(proxy))
    pyro.config.METADATA = false
    for _, name in ipairs { "__init__", "__len", "__index", "____", "__eq__" } do
      assert.matches("private attribute '" .. name, served.failure(core.invoke, proxy, nil, name, false).message)
    end
    assert.is_nil(core.invoke(proxy, nil, "__len__", false))
    pyro.expose(Class, { "__len__" })
    assert.is_nil(proxy:plain())
    pyro.config.REQUIRE_EXPOSE = true
    assert.is_nil(core.invoke(proxy, nil, "__len__", false))
    assert.matches("unexposed", served.failure(proxy.plain, proxy).message)
    pyro.config.REQUIRE_EXPOSE = false
    pyro.expose(Class, { "plain" })
    assert.is_nil(core.invoke(proxy, nil, "__len__", false))
    pyro.config.METADATA = true
    local Narrow = pyro.expose({ plain = nothing, __len__ = nothing }, { "plain" })
    assert.are.same({ "['plain']", "[]", "[]" }, members(served.open(Narrow)))
  end)

  it("is marked entirely, or not at all", function()
    local Class = { plain = nothing, other = nothing }
    for _, mark in ipairs { pyro.expose, function(class, names)
      return pyro.oneway(class, table.unpack(names))
    end, function(class, names)
      return pyro.attributes(class, table.unpack(names))
    end, function(class, names)
      return pyro.callback(class, table.unpack(names))
    end } do
      for _, names in ipairs { { "plain", "_x" }, { "plain", 1 }, { "plain", "__init__" } } do
        assert.is_false(pcall(mark, Class, names))
      end
    end
    assert.is_false(pcall(pyro.expose, Class, "plain"))
    assert.is_false(pcall(pyro.expose, Class, { plain = true }))
    assert.are.same({ "['other', 'plain']", "[]", "[]" }, members(served.open(Class)))
  end)

  it("refuses calls of what it does not serve, whatever the caller knows", function()
    local function yes()
      return true
    end
    local Base = pyro.expose({ named = yes, other = yes, inherited = yes }, { "named" })
    local Class = pyro.expose(setmetatable({ own = yes }, { __index = Base }))
    local Circle = { method = yes }
    Circle.__index = Circle
    setmetatable(Circle, Circle)
    pyro.config.METADATA = false
    local proxy = served.open(setmetatable({ direct = yes }, { __index = Class }))
    assert.is_true(proxy:named() and proxy:own())
    for _, name in ipairs { "other", "inherited", "direct" } do
      assert.matches("unexposed attribute '" .. name, served.failure(function()
        proxy[name](proxy)
      end).message)
    end
    local circle = served.open(Circle)
    assert.is_true(circle:method())
    pyro.config.REQUIRE_EXPOSE = true
    assert.is_true(proxy:named())
    assert.matches("unexposed", served.failure(function()
      circle:method()
    end).message)
  end)

  it("must name what it serves where that is demanded", function()
    pyro.config.REQUIRE_EXPOSE = true
    local err = served.failure(members, served.open { open = nothing })
    assert.matches("doesn't expose any methods", err.message)
    local named = pyro.expose({ open = nothing, other = nothing }, { "open" })
    assert.are.same({ "['open']", "[]", "[]" }, members(served.open(named)))
  end)

  it("tells oneway methods, and their callers do not wait", function()
    local done, go_on = {}, pyro.event()
    local slow = pyro.oneway({
      slow = function(_, value)
        go_on:wait()
        done[#done + 1] = value
      end,
      count = function()
        return #done
      end,
    }, "slow")
    local proxy = served.open(slow)
    assert.are.same({ "['count', 'slow']", "['slow']", "[]" }, members(proxy))
    proxy:slow(1)
    proxy:slow(2)
    assert.are.equal(0, proxy:count())
    go_on:set()
    assert.is_true(served.soon(function()
      return proxy:count() == 2
    end))
  end)

  it("lets attributes be read and written", function()
    local object = pyro.attributes({ price = 3, secret = 4 }, "price")
    local proxy = served.open(object)
    assert.are.equal(3, proxy.price)
    proxy.price = 5
    assert.are.equal(5, object.price)
    assert.are.equal("AttributeError", served.failure(function()
      return proxy.secret
    end).class)
    assert.are.equal("AttributeError", served.failure(function()
      proxy.secret = 1
    end).class)
    assert.are.equal(4, object.secret)
  end)

  it("computes attributes, and refuses to set them, by its metatable", function()
    local object = setmetatable({ celsius = 20 }, {
      __index = function(self, name)
        return name == "fahrenheit" and self.celsius * 9 / 5 + 32 or nil
      end,
      __newindex = function(_, name)
        error(pyro.AttributeError(name .. " can only be read"))
      end,
    })
    local proxy = served.open(pyro.attributes(object, "celsius", "fahrenheit"))
    assert.are.equal(68, proxy.fahrenheit)
    proxy.celsius = 25
    assert.are.equal(77, proxy.fahrenheit)
    assert.are.equal("fahrenheit can only be read", served.failure(function()
      proxy.fahrenheit = 0
    end).message)
  end)

  it("is called with self and arguments", function()
    local proxy = served.open { count = function(...)
      return select("#", ...)
    end }
    assert.are.equal(1, proxy:count())
    assert.are.equal(4, proxy:count(1, nil, nil))
  end)

  it("refuses more arguments than a method takes", function()
    local proxy = served.open { two = function(_, a, b)
      return a, b
    end }
    assert.are.same({ 1, 2 }, proxy:two(1, 2))
    local err = served.failure(proxy.two, proxy, 1, 2, 3)
    assert.are.equal("TypeError: two() takes 3 positional arguments but 4 were given", tostring(err))
  end)

  it("that is passed in a call arrives as a proxy that calls back", function()
    local heard = {}
    local listener = { hear = function(_, text)
      heard[#heard + 1] = text
      return #heard
    end }
    local _, daemon = served.open(listener)
    local proxy = served.open { tell = function(_, whom, text)
      return whom:hear(text)
    end }
    assert.are.equal(1, proxy:tell(listener, "hello"))
    assert.are.same({ "hello" }, heard)
    daemon:unregister(listener)
    assert.error_matches(function()
      proxy:tell(listener, "once more") -- now a plain table: its function cannot travel
    end, "argument 1.hear: a function cannot travel")
  end)
end)
