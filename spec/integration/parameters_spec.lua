--- bind: named arguments find the parameters of a served method by name.
local pyro = require "pyro"
local served = require "spec.support.served"

local named = pyro.kwargs

--- Tells what a method got.
local function shown(...)
  local texts = table.pack(...)
  for i = 1, texts.n do
    texts[i] = pyro.repr(texts[i])
  end
  return table.concat(texts, ", ")
end

local Object = {}
Object.__index = Object

function Object:area(width, height) -- luacheck: ignore self
  return width * height
end

function Object:both(first, second) -- luacheck: ignore self
  return shown(first, second)
end

function Object:some(first, ...) -- luacheck: ignore self
  return shown(first, ...)
end

function Object:keep(value)
  self.kept = value
end

function Object:get()
  return self.kept
end

function Object:stream(first, last) -- luacheck: ignore self
  return coroutine.wrap(function()
    for i = first, last do
      coroutine.yield(i)
    end
  end)
end

function Object.nothing() end

function Object.static(name)
  return name
end

Object.stripped = load(string.dump(function(_, first, second)
  return _ENV.shown(first, second)
end, true), "stripped", "b", { shown = shown })

--- The results, or the error, of a call, alone and in a batch; they are the same.
local function call(proxy, method, ...)
  local arguments = table.pack(...)
  local function alone()
    return tostring(proxy[method](proxy, table.unpack(arguments, 1, arguments.n)))
  end
  local function in_a_batch()
    local batch = pyro.batch(proxy)
    batch[method](batch, table.unpack(arguments, 1, arguments.n))
    local next_result = batch()
    return tostring(next_result())
  end
  local _, first = pcall(alone)
  local _, second = pcall(in_a_batch)
  assert.are.equal(tostring(first), tostring(second))
  return tostring(first)
end

describe("named arguments", function()
  after_each(served.close)

  local function check(class, method, expected, ...)
    assert.are.equal(expected, call(served.open(setmetatable({}, class)), method, ...))
  end

  it("reach parameters by name", function()
    check(Object, "area", "6", named { height = 2, width = 3 })
    check(Object, "area", "6", 3, named { height = 2 })
    check(Object, "both", "None, 1", named { second = 1 })
    check(Object, "both", "None, None", named { first = pyro.null })
  end)

  it("form one dict where there are no parameters of their names", function()
    check(Object, "both", "{'x': 1}, None", named { x = 1 })
    check(Object, "both", "4, {'x': 1}", 4, named { x = 1 })
    check(Object, "both", "{'x': None}, 4", named { x = pyro.null, second = 4 })
    check(Object, "some", "{'x': 1}", named { x = 1 })
    check(Object, "some", "4, {'x': 1}", 4, named { x = 1 })
    check(Object, "some", "4, 5, {'x': 1}", 4, 5, named { x = 1 })
    check(Object, "some", "4, {'x': 1}", named { first = 4, x = 1 })
    check(Object, "stripped", "{'first': 1}, None", named { first = 1 })
  end)

  it("are refused where they do not fit, in Python's words", function()
    local twice = "TypeError: %s() got multiple values for argument '%s'"
    check(Object, "area", twice:format("area", "width"), 3, named { width = 2 })
    check(Object, "area", twice:format("area", "self"), named { self = 2 })
    check(Object, "static", twice:format("static", "name"), named { name = 2 })
    check(Object, "area", "TypeError: area() got an unexpected keyword argument 'x'", 3, 4, named { x = 1 })
    check(Object, "nothing", "TypeError: nothing() got an unexpected keyword argument 'x'", named { x = 1 })
    check(Object, "area", "TypeError: area() takes 3 positional arguments but 4 were given", 3, 4, 5)
    check(Object, "area", twice:format("area", "width"), 3, 4, 5, named { width = 1 })
  end)

  it("are a dict to keep, and to return", function()
    local proxy = served.open(setmetatable({}, Object))
    proxy:keep(named { x = 1 })
    assert.are.equal("{'x': 1}", pyro.repr(proxy:get()))
    proxy:keep(named { value = { 1, 2 } })
    assert.are.equal("[1, 2]", pyro.repr(proxy:get()))
  end)

  it("travel in calls that nobody waits for, that are awaited later, and that give streams", function()
    local object = pyro.oneway(setmetatable({}, Object), "keep")
    local proxy = served.open(object)
    proxy:keep(named { value = 3 })
    assert.is_true(served.soon(function()
      return object.kept == 3
    end))
    assert.are.equal(6, pyro.async(proxy):area(2, named { height = 3 }).value)
    local items = {}
    for item in proxy:stream(named { last = 5, first = 3 }) do
      items[#items + 1] = item
    end
    assert.are.same({ 3, 4, 5 }, items)
  end)

  it("reach parameters that pyro.parameters() names where Lua cannot know", function()
    local Base = { all = function(_, ...)
      return select("#", ...) .. ": " .. shown(...)
    end, c = select }
    Base.__index = Base
    pyro.parameters(Base, "all", { "first", "second" })
    pyro.parameters(Base, "stripped", { "first", "second" })
    local Class = setmetatable({ stripped = Object.stripped }, Base)
    Class.__index = Class
    pyro.parameters(Class, "stripped", { "a", "b" })
    check(Class, "all", "2: None, 1", named { second = 1 })
    check(Class, "all", "1: 1", named { first = 1 })
    check(Class, "all", "3: 1, 2, {'x': 3}", 1, 2, named { x = 3 })
    check(Class, "all", "TypeError: all() got multiple values for argument 'first'", 1, named { first = 1 })
    check(Class, "all", "TypeError: all() got multiple values for argument 'self'", named { self = 1 })
    check(Class, "stripped", "None, 1", named { b = 1 })
    function Class:all(second, first) -- luacheck: ignore self
      return shown(first, second)
    end
    check(Class, "all", "None, 1", named { second = 1 })
  end)

  it("must have names", function()
    local many = table.pack(("a"):rep(255):byte(1, -1))
    assert.matches("a name must be a string, got number", served.failure(pyro.parameters, {}, "f", { 1 }))
    assert.matches("at most 254 names", served.failure(pyro.parameters, {}, "f", "a"))
    assert.matches("at most 254 names", served.failure(pyro.parameters, {}, "f", many))
    assert.matches("two parameters have the name 'a'", served.failure(pyro.parameters, {}, "f", { "a", "b", "a" }))
    assert.matches("private", served.failure(pyro.parameters, {}, "_f", { "a" }))
  end)
end)
