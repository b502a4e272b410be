--- bind and pyro.future: calls that are not waited for.
local pyro = require "pyro"
local served = require "spec.support.served"

local failure, printed = served.failure, served.printed

describe("a future", function()
  local proxy, calls, order, go_on

  before_each(function()
    order, go_on = {}, pyro.event()
    proxy = served.open {
      held = function(_, value)
        go_on:wait()
        return value
      end,
      slow = function(_, value, seconds)
        order[#order + 1] = value
        pyro.sleep(seconds)
        return value
      end,
      breaking = function(_, value)
        order[#order + 1] = value
        pyro.current_context.client:close()
      end,
      same = function(_, value)
        order[#order + 1] = value
        return value
      end,
      fail = function(_, text)
        error(pyro.ValueError(text))
      end,
      annotated = function()
        pyro.current_context.response_annotations = { NOTE = "seen" }
        return "yes"
      end,
      count = function()
        return coroutine.wrap(function()
          coroutine.yield(1)
          coroutine.yield(2)
        end)
      end,
    }
    calls = pyro.async(proxy)
  end)

  after_each(served.close)

  it("gets its value later", function()
    local future = calls:held "value"
    assert.is_false(future.ready)
    assert.is_false(future:wait(0.01))
    assert.is_false(future:wait(0))
    go_on:set()
    assert.is_true(future:wait(20))
    assert.is_true(future.ready)
    assert.are.equal("value", future.value)
    assert.are.equal("value", future.value)
    assert.matches("^<pyro.Future at 0x%x+; ready>$", tostring(future))
    assert.is_nil(calls:same(nil).value)
  end)

  it("raises the error that came instead", function()
    local future = calls:fail "bad"
    assert.is_true(future:wait())
    for _ = 1, 2 do
      assert.are.equal("bad", failure(function()
        return future.value
      end).message)
    end
  end)

  it("of an unknown method there is none", function()
    proxy:_pyroBind()
    assert.matches("has no exposed attribute or method 'nothing'", failure(function()
      return calls:nothing()
    end).message, 1, true)
  end)

  it("may be waited for by many", function()
    local future, seen = calls:slow(1, 0.05), 0
    for _ = 1, 5 do
      pyro.spawn(function()
        local value = future.value
        seen = seen + value
      end)
    end
    assert.is_true(served.soon(function()
      return seen == 5
    end))
  end)

  it("may be waited for where Lua cannot yield", function()
    local futures = { calls:same(2), calls:same(3), calls:same(1) }
    table.sort(futures, function(a, b)
      return a.value < b.value
    end)
    assert.are.same({ 1, 2, 3 }, { futures[1].value, futures[2].value, futures[3].value })
  end)

  it("is of a call that was sent at once, in order with the others", function()
    proxy:_pyroBind()
    local first, second = calls:slow(1, 0.05), calls:same(2)
    assert.are.equal(3, proxy:same(3))
    assert.is_true(first.ready and second.ready)
    assert.are.same({ 1, 2, 3 }, order)
  end)

  it("may be one of thousands on a connection", function()
    local futures, sum = {}, 0
    for i = 1, 3000 do
      futures[i] = calls:same(i)
    end
    for _, future in ipairs(futures) do
      sum = sum + future.value
    end
    assert.are.equal(3000 * 3001 // 2, sum)
  end)

  it("passes its value on", function()
    local future = calls:slow(2, 0.05):andThen(function(value, factor, offset)
      pyro.sleep(0.01) -- callbacks may wait
      return value * factor + offset
    end, 10, 1):andThen(tostring)
    assert.are.equal("21", future.value)
    future:andThen(function(value)
      return value .. "!"
    end)
    assert.are.equal("21!", future.value)
    assert.are.equal("later", failure(future.andThen, future, function()
      error("later", 0)
    end))
  end)

  it("tells its error to a handler, once", function()
    local errors = {}
    local function handler(err)
      errors[#errors + 1] = err.message
    end
    local future = calls:fail("bad"):andThen(error):iferror(handler)
    future:wait()
    assert.are.same({ "bad" }, errors)
    calls:fail "too": iferror(handler):wait()
    future:iferror(handler)
    assert.are.same({ "bad", "too", "bad" }, errors)
  end)

  it("fails when a callback fails", function()
    local future
    local text = printed(function()
      future = calls:same(1):andThen(function()
        error "in a callback"
      end)
      future:wait()
    end)
    assert.matches("^Error in a background task:\nTraceback .*RuntimeError: [^\n]*in a callback\n$", text)
    assert.matches("in a callback$", failure(function()
      return future.value
    end))
    local seen
    assert.are.equal("", printed(function()
      calls:same(1):andThen(error):iferror(function(err)
        seen = err
      end):wait()
    end))
    assert.are.equal(1, seen)
  end)

  it("prints what goes wrong in a handler", function()
    assert.matches("RuntimeError: [^\n]*in a handler\n$", printed(function()
      calls:fail("bad"):iferror(function()
        error "in a handler"
      end):wait()
    end))
  end)

  it("that nobody keeps leaves the connection alone", function()
    for i = 1, 100 do
      calls:slow(i, i == 1 and 0.05 or 0)
      calls:fail(i)
    end
    collectgarbage()
    collectgarbage()
    assert.are.equal("still there", proxy:same "still there")
    assert.is_true(proxy._pyroConnection)
  end)

  it("fails when the connection ends", function()
    proxy:_pyroBind()
    local future = calls:slow(1, 5)
    proxy:_pyroRelease()
    assert.are.equal("ConnectionClosedError", failure(function()
      return future.value
    end).class)
  end)

  it("fails when the call cannot be sent", function()
    proxy:_pyroBind()
    local future = calls:same(print)
    assert.matches("argument 1: a function cannot travel", failure(function()
      return future.value
    end).message, 1, true)
    assert.are.equal(1, calls:same(1).value)
  end)

  it("keeps its proxy until the reply comes", function()
    local function call()
      local own = pyro.Proxy(proxy)
      own:_pyroBind()
      return pyro.async(own):slow("kept", 0.05)
    end
    local future = call()
    collectgarbage()
    collectgarbage()
    assert.are.equal("kept", future.value)
  end)

  it("may be of an object of a registered class, which travels as a dict", function()
    local Point = { __name = "Point" }
    pyro.registerClass("geometry.Point", Point, function(point)
      pyro.sleep(0.01) -- converters may wait
      return { x = point.x }
    end, function(dict)
      return setmetatable({ x = dict.x }, Point)
    end)
    proxy:_pyroBind()
    local value = calls:same(setmetatable({ x = 5 }, Point)).value
    pyro.unregisterClass "geometry.Point"
    assert.are.same({ Point, 5 }, { getmetatable(value), value.x })
  end)

  it("has callbacks that see the reply's annotations", function()
    proxy:_pyroBind()
    local seen
    local future = calls:annotated():andThen(function(value)
      seen = pyro.current_context.response_annotations
      return value
    end)
    assert.are.equal("yes", future.value)
    assert.are.same({ NOTE = "seen" }, seen)
    assert.are.same({}, pyro.current_context.response_annotations)
  end)

  it("may be of a stream", function()
    local items = {}
    for item in calls:count().value do
      items[#items + 1] = item
    end
    assert.are.same({ 1, 2 }, items)
  end)

  it("repeats a call as the proxy does", function()
    proxy._pyroMaxRetries = 2
    assert.are.equal("ConnectionClosedError", failure(function()
      return calls:breaking(1).value
    end).class)
    assert.are.same({ 1, 1, 1 }, order)
  end)
end)

describe("a function that is called later", function()
  local calls

  local function add(a, b)
    calls = calls + 1
    return a + b
  end

  before_each(function()
    calls = 0
  end)

  it("gives its result to those that are called then", function()
    local future = pyro.Future(add):andThen(add, 10):andThen(function(sum, factor, unit)
      pyro.sleep(0) -- they may wait
      return sum * factor .. unit
    end, 2, "kg")
    assert.are.equal(0, calls)
    assert.are.equal("42kg", future(5, 6).value)
    assert.are.equal(2, calls)
    local err = failure(future, 5, 6)
    assert.are.same({ "RuntimeError", "the future has already been evaluated" }, { err.class, err.message })
  end)

  it("waits first, and can be cancelled until then", function()
    local future = pyro.Future(add)
    assert.is_true(future:delay(0.02))
    local result = future(1, 2)
    assert.are.same({ false, false }, { result.ready, future:delay(1) })
    assert.are.same({ 3, false }, { result.value, future:cancel() })
    for _, started in ipairs { true, false } do
      future = pyro.Future(add)
      future:delay(3600)
      result = started and future(1, 2)
      assert.is_true(future:cancel())
      local err = failure(function()
        return result and result.value or future(1, 2)
      end)
      assert.are.equal("RuntimeError", err.class)
      assert.matches("future has been cancelled", err.message)
    end
    assert.are.equal(1, calls)
  end)

  it("may fail", function()
    local handled
    local future = pyro.Future(function(why)
      error(why, 0)
    end):iferror(function(err)
      handled = err
    end)
    local result = future "no"
    assert.are.equal("no", failure(function()
      return result.value
    end))
    assert.are.equal("no", handled)
    assert.has_error(function()
      pyro.Future(5)
    end, "what is called later must be function, got number")
  end)
end)
