--- bind: what Python's operators call, and what Lua's operators do with a proxy.
local pyro = require "pyro"
local served = require "spec.support.served"

--- A container that tells its keys' types, and in which order it was used.
local Container = {}
Container.__index = Container

function Container:__len__()
  return #self.items
end

function Container:__getitem__(key)
  if self.items[key] == nil then
    error(math.type(key) and pyro.IndexError "out of range" or pyro.KeyError(key))
  end
  return self.items[key]
end

function Container:__setitem__(key, value)
  self.items[key] = value == nil and "None" or value
end

function Container:__delitem__(key)
  self.items[key] = nil
end

function Container:__iter__()
  return coroutine.wrap(function()
    for _, item in ipairs(self.items) do
      coroutine.yield(item)
    end
  end)
end

function Container:plain() -- luacheck: ignore self
  return "plain"
end

local function container(...)
  return pyro.attributes(setmetatable({ items = { ... }, size = 3 }, Container), "size")
end

local function collect(proxy)
  local items = {}
  for item in pairs(proxy) do
    items[#items + 1] = item
  end
  return items
end

for _, protocol in ipairs { 48, 502 } do
  describe("a proxy in protocol " .. protocol, function()
    local object

    local function open(served_object)
      object = served_object or container("a", "b", "c")
      local proxy = served.open(object)
      proxy._pyroProtocol = protocol
      return proxy
    end

    after_each(function()
      served.close()
      pyro.config.METADATA = true
    end)

    it("has a length, as its very first use too", function()
      assert.are.equal(3, #open())
      assert.are.equal(3, open():__len__())
    end)

    it("has items by keys that are no strings", function()
      local proxy = open()
      assert.are.equal("b", proxy[2])
      proxy[2], proxy[true], proxy[1.5] = "x", "yes", { 1 }
      assert.are.same({ "x", "yes", { 1 } }, { object.items[2], object.items[true], { object.items[1.5][1] } })
      proxy[3] = nil
      assert.are.equal(2, #proxy)
      proxy[3] = pyro.null
      assert.are.equal("None", proxy[3])
      assert.are.equal("IndexError", served.failure(function()
        return proxy[7]
      end).class)
    end)

    it("has items by names that are no members", function()
      local proxy = open()
      proxy.key, proxy._key = "value", 5
      assert.are.same({ "value", 5 }, { proxy.key, proxy._key })
      proxy.key = nil
      assert.are.equal("KeyError", served.failure(function()
        return proxy.key
      end).class)
      proxy.size = 4
      assert.are.same({ 4, 4, "plain" }, { proxy.size, object.size, proxy:plain() })
      assert.are.equal("AttributeError", served.failure(function()
        proxy.plain = 1
      end).class)
      for _, name in ipairs { "_pyroNothing", "__init__", "__contains__" } do
        assert.matches("no exposed attribute or method '" .. name, served.failure(function()
          return proxy[name]
        end).message)
      end
      assert.is_nil(object.items.plain)
    end)

    it("has none where the object has no items", function()
      local proxy = open { plain = Container.plain }
      local function refused(name, f)
        assert.matches("no exposed attribute.* '" .. name .. "'", served.failure(f).message)
      end
      refused("__len__", function() return #proxy end)
      refused("__getitem__", function() return proxy[1] end)
      refused("__setitem__", function() proxy[1] = 2 end)
      refused("__delitem__", function() proxy[1] = nil end)
      refused("key", function() return proxy.key end)
      refused("key", function() proxy.key = 1 end)
      refused("__getitem__", function() collect(proxy) end)
    end)

    it("is gone through by pairs", function()
      assert.are.same({ "a", "b", "c" }, collect(open()))
      local indexed = { __getitem__ = function(_, index)
        return index < 3 and index * 2 or error(pyro.IndexError "end")
      end }
      assert.are.same({ 0, 2, 4 }, collect(open(indexed)))
      assert.are.same({ 5, pyro.null }, collect(open { __iter__ = function()
        return { 5, pyro.null }
      end }))
      assert.are.equal("ValueError", served.failure(collect, open { __getitem__ = function(_, index)
        error(pyro.ValueError("bad", index))
      end }).class)
    end)

    it("does all that without metadata", function()
      pyro.config.METADATA = false
      local proxy = open()
      proxy[1] = "x"
      assert.are.same({ 3, "x" }, { #proxy, proxy[1] })
      assert.are.same({ "x", "b", "c" }, collect(proxy))
    end)

    it("waits in a task while it does that, not in others", function()
      local proxy, done = open { __getitem__ = function(_, index)
        pyro.sleep(0.05)
        return index
      end }, {}
      for i = 1, 3 do
        pyro.spawn(function()
          done[i] = pyro.Proxy(proxy)[i]
        end)
      end
      assert.is_true(served.soon(function()
        return done[1] and done[2] and done[3]
      end))
      assert.are.same({ 1, 2, 3 }, done)
    end)
  end)
end

it("members of Python's operators may be called in a batch, and later", function()
  local proxy = served.open(container("a", "b"))
  local batch = pyro.batch(proxy)
  batch:__setitem__(3, "c")
  batch:__len__()
  local results = batch()
  assert.are.same({ pyro.null, 3 }, { results() or pyro.null, results() })
  assert.are.equal(3, pyro.async(proxy):__len__().value)
  served.close()
end)
