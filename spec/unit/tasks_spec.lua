--- bind: calls wait without holding up anybody else, wherever they are made.
local pyro = require "pyro"
local served = require "spec.support.served"

describe("a call", function()
  local proxy

  setup(function()
    proxy = served.open {
      slow = function(_, value, seconds)
        pyro.sleep(seconds)
        return value
      end,
      less = function(_, a, b)
        return a < b
      end,
      relay = function(_, other, depth)
        if depth == 0 then
          return 0
        end
        return 1 + other:relay(other, depth - 1)
      end,
    }
  end)

  teardown(served.close)

  it("waits in a task while others run", function()
    local order = {}
    for i = 1, 3 do
      pyro.spawn(function()
        order[#order + 1] = "begin " .. i
        local other = pyro.Proxy(proxy._pyroUri)
        local value = other:slow(i, 0.15 - 0.04 * i)
        order[#order + 1] = value
        other:_pyroRelease()
      end)
    end
    pyro.sleep(0.4)
    assert.are.same({ "begin 1", "begin 2", "begin 3", 3, 2, 1 }, order)
  end)

  it("may share its proxy with other tasks: replies come in order #r10", function()
    local order = {}
    for i = 1, 3 do
      pyro.spawn(function()
        local value = proxy:slow(i, 0.03)
        order[#order + 1] = value
      end)
    end
    pyro.sleep(0.3)
    assert.are.same({ 1, 2, 3 }, order)
  end)

  it("may be made where Lua cannot yield", function()
    local list = { 3, 1, 2 }
    table.sort(list, function(a, b)
      return proxy:less(a, b)
    end)
    assert.are.same({ 1, 2, 3 }, list)
    local text = ("abc"):gsub(".", function(c)
      return proxy:slow(c:upper(), 0)
    end)
    assert.are.equal("ABC", text)
    local lazy = setmetatable({}, { __index = function(_, key)
      return proxy:slow(key, 0)
    end })
    assert.are.equal("key", lazy.key)
  end)

  it("may be made in someone's own coroutine, which does not notice", function()
    local generator = coroutine.wrap(function()
      for i = 1, 3 do
        coroutine.yield(proxy:slow(i, 0))
      end
    end)
    assert.are.same({ 1, 2, 3 }, { generator(), generator(), generator() })
  end)

  it("may go back and forth between two objects", function()
    assert.are.equal(20, proxy:relay(proxy, 20))
  end)

  it("ends when its time is over, with its connection #r17", function()
    local hasty = pyro.Proxy(proxy._pyroUri)
    hasty._pyroTimeout = 0.05
    local err = served.failure(hasty.slow, hasty, 1, 0.5)
    assert.are.equal("TimeoutError", err.class)
    assert.matches("not connected", tostring(hasty))
    assert.are.equal(2, hasty:slow(2, 0)) -- and connects anew
    hasty:_pyroRelease()
  end)
end)

describe("a task", function()
  it("gets its arguments, and may yield", function()
    local got = {}
    pyro.spawn(function(...)
      got[1] = select("#", ...)
      coroutine.yield()
      got[2] = true
    end, 1, nil, nil)
    pyro.sleep(0.02)
    assert.are.same({ 3, true }, got)
  end)

  it("that fails ends alone", function()
    local process = require "spec.support.process"
    local run = process.run_pyrolua { "-e", [[
      pyro.spawn(function() error "in the background" end)
      pyro.sleep(0.05)
      print "still here"
    ]] }
    assert.are.equal(0, run.code)
    assert.are.equal("still here\n", run.out)
    assert.matches("Error in a background task:\nTraceback", run.err)
    assert.matches("in the background", run.err)
  end)

  it("needs a function, and sleep a time", function()
    assert.has_error(function()
      pyro.spawn(3)
    end)
    for _, bad in ipairs { -1, "x", 0 / 0 } do
      assert.has_error(function()
        pyro.sleep(bad)
      end)
    end
  end)
end)
