--- bind: calls wait without holding up anybody else, wherever they are made.
local pyro = require "pyro"
local served = require "spec.support.served"

local printed = served.printed

describe("a call", function()
  local proxy
  local gates = {}

  setup(function()
    proxy = served.open {
      held = function(_, value) -- answers when its gate is opened
        gates[value]:wait()
        return value
      end,
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
      gates[i] = pyro.event()
      pyro.spawn(function()
        order[#order + 1] = "begin " .. i
        local other = pyro.Proxy(proxy._pyroUri)
        local value = other:held(i)
        order[#order + 1] = value
        other:_pyroRelease()
      end)
    end
    for i = 3, 1, -1 do
      gates[i]:set()
      assert.is_true(served.soon(function()
        return order[7 - i]
      end))
    end
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
    assert.is_true(served.soon(function()
      return order[3]
    end))
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
    gates[1], hasty._pyroTimeout = pyro.event(), 0.05
    local err = served.failure(hasty.held, hasty, 1)
    gates[1]:set()
    assert.are.equal("TimeoutError", err.class)
    assert.matches("not connected", tostring(hasty))
    hasty._pyroTimeout = 20
    assert.are.equal(2, hasty:slow(2, 0)) -- and connects anew
    hasty:_pyroRelease()
  end)
end)

describe("a task", function()
  it("gets its arguments, and may yield", function()
    local got = {}
    local task = pyro.spawn(function(...)
      got[1] = select("#", ...)
      coroutine.yield()
      got[2] = true
    end, 1, nil, nil)
    assert.is_true(pyro.join(task, 10))
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

  it("can be waited for, however it ends", function()
    local wakes, fails = pyro.event(), nil
    local task = pyro.spawn(function()
      wakes:wait()
    end)
    assert.is_false(pyro.join(task, 0))
    assert.is_false(pyro.join(task, 0.01))
    pyro.spawn(wakes.set, wakes)
    assert.is_true(pyro.join(task))
    assert.is_true(pyro.join(task, 0))
    assert.are.equal("dead", coroutine.status(task))
    local text = printed(function()
      fails = pyro.spawn(error, "the background")
      assert.is_true(pyro.join(fails))
    end)
    assert.matches("the background", text)
    assert.are.equal("dead", coroutine.status(fails))
    assert.matches("its own end", served.failure(pyro.join, coroutine.running()))
    assert.matches("not a task of pyro.spawn", served.failure(pyro.join, coroutine.create(print)))
    assert.matches("thread expected", served.failure(pyro.join, 3))
  end)

  it("wakes others by an event, all or some of the time", function()
    local event, order = pyro.event(), {}
    assert.is_false(event:is_set())
    for i = 1, 2 do
      pyro.spawn(function()
        local woken = event:wait()
        order[#order + 1] = woken
        order[#order + 1] = i
      end)
    end
    pyro.sleep(0)
    event:set()
    event:clear() -- who has waited is woken all the same
    assert.is_false(event:is_set())
    assert.is_false(event:wait(0.01))
    assert.are.same({ true, 1, true, 2 }, order)
    event:set()
    assert.is_true(event:wait())
  end)

  it("may look at the time", function()
    local begin = pyro.time()
    pyro.sleep(0.02)
    local passed = pyro.time() - begin
    assert.is_true(passed > 0.015 and passed < 20, passed)
    assert.is_true(math.abs(os.time() - begin) < 60)
  end)

  describe("that is closed", function()
    local process = require "spec.support.process"
    local SHORT = 0.2 -- seconds, which are not over before the task is closed
    local daemon, proxy, order

    before_each(function()
      order = {}
      proxy, daemon = served.open {
        slow = function(_, value)
          order[#order + 1] = value
          pyro.sleep(value == "future" and SHORT or 0.05)
          return value
        end,
      }
      proxy:_pyroBind()
    end)

    after_each(served.close)

    --- Runs a function in a task until it waits, closes that, and lets what it waited for come.
    local function close(f, came)
      local closed, went_on
      local task = pyro.spawn(function()
        local _ <close> = setmetatable({}, { __close = function()
          closed = true
        end })
        f()
        went_on = true
      end)
      pyro.sleep(0)
      assert.is_nil(closed)
      assert.are.equal("", printed(function()
        assert.is_true(coroutine.close(task))
        assert.is_true(closed)
        came()
        assert.is_true(pyro.join(task))
        pyro.sleep(0.02)
      end))
      assert.is_nil(went_on)
      assert.are.equal("dead", coroutine.status(task))
    end

    it("waits no longer, whatever for", function()
      local event = pyro.event()
      local mine, other = pyro.socketpair()
      local function later()
        pyro.sleep(1.2 * SHORT)
      end
      for _, case in ipairs {
        { function() pyro.sleep(SHORT) end, later },
        { function() event:wait() end, function() event:set() end },
        { function() pyro.event():wait(SHORT) end, later },
        { function() pyro.join(pyro.spawn(pyro.sleep, SHORT)) end, later },
        { function() return pyro.async(proxy):slow("future").value end, later },
        { function() pyro.readable(mine) end, later },
        { function() daemon:requestLoop() end, function() daemon:shutdown() end },
        { function() while true do coroutine.yield() end end, later },
        { function() pcall(pyro.sleep, SHORT) end, later },
        { function() pyro.Proxy("PYRO:any@localhost:1"):_pyroReconnect() end, later },
      } do
        close(table.unpack(case))
      end
      pyro.Proxy("any", { connected_socket = mine }):_pyroRelease()
      pyro.Proxy("any", { connected_socket = other }):_pyroRelease()
    end)

    it("gives up what it waits for", function()
      close(function()
        pyro.sleep(10000)
      end, function() end)
      local idle = process.run_pyrolua { "-e", [[
        local task = pyro.spawn(pyro.sleep, 10000)
        pyro.step(0)
        coroutine.close(task)
        while pyro.step() do end
        print "nothing left"
      ]] }
      assert.are.equal("nothing left\n", idle.out)
    end)

    it("leaves the connection of its call to others, whose answers come", function()
      local answers = {}
      local tasks = {}
      for i = 1, 3 do
        tasks[i] = pyro.spawn(function()
          answers[#answers + 1] = proxy:slow(i)
        end)
      end
      assert.is_true(served.soon(function()
        return #order == 1
      end))
      coroutine.close(tasks[1])
      coroutine.close(tasks[2])
      assert.is_true(pyro.join(tasks[3], 10))
      assert.are.same({ 3 }, answers)
      assert.are.same({ 1, 2, 3 }, order)
      assert.are.equal(4, proxy:slow(4))
      coroutine.close(pyro.spawn(proxy.slow, proxy, 5))
      proxy:_pyroRelease()
      assert.are.equal(6, proxy:slow(6))
    end)

    it("never runs where it has not begun", function()
      local ran
      assert.are.equal("", printed(function()
        local task = pyro.spawn(function()
          ran = true
        end, 1, 2, 3)
        assert.is_true(coroutine.close(task))
        assert.is_true(pyro.join(task, 10))
      end))
      assert.is_nil(ran)
    end)

    it("may wait while it closes its variables, beyond the end of its wait", function()
      local closed
      local task = pyro.spawn(function()
        local _ <close> = setmetatable({}, { __close = function()
          pyro.sleep(1.2 * SHORT)
          closed = proxy:slow "closing"
        end })
        pyro.sleep(SHORT)
      end)
      pyro.sleep(0)
      assert.is_true(coroutine.close(task))
      assert.are.equal("closing", closed)
      assert.is_true(pyro.join(task))
    end)

    it("is not waited for in what is collected while it closes its variables", function()
      local answers = {}
      for _, wait in ipairs {
        function() pyro.sleep(1000) end,
        function() pyro.event():wait() end,
        function() proxy:slow "given up" end,
        function() daemon:requestLoop() end,
      } do
        local other = pyro.spawn(function()
          answers[#answers + 1] = proxy:slow(#answers)
        end)
        local task = pyro.spawn(function()
          local _ <close> = setmetatable({}, { __close = function()
            collectgarbage()
            collectgarbage()
          end })
          wait()
        end)
        pyro.sleep(0)
        assert.is_true(coroutine.close(task))
        assert.is_true(pyro.join(task, 10))
        assert.is_true(pyro.join(other, 10))
      end
      assert.are.same({ 0, 1, 2, 3 }, answers)
    end)

    it("answers its caller where it runs a method, once what it waited with is collected", function()
      local running
      local waits = {
        sleep = function() pyro.sleep(1000) end,
        event = function() pyro.event():wait() end,
        call = function() proxy:slow "given up" end,
      }
      for name, wait in pairs(waits) do
        waits[name] = function()
          running = coroutine.running()
          wait()
        end
      end
      local uri = daemon:register(waits)
      for name in pairs(waits) do
        local err
        pyro.spawn(function()
          local other <close> = pyro.Proxy(uri)
          err = served.failure(other[name], other)
        end)
        assert.is_true(served.soon(function()
          return running
        end))
        coroutine.close(running)
        running = nil
        assert.is_true(served.soon(function()
          collectgarbage()
          return err
        end))
        assert.are.equal("RuntimeError: the coroutine of the method was closed", tostring(err))
      end
    end)

    it("tells errors of its variables to who closes it", function()
      local task = pyro.spawn(function()
        local _ <close> = setmetatable({}, { __close = function()
          error("not closed", 0)
        end })
        pyro.sleep(100)
      end)
      pyro.sleep(0)
      assert.are.same({ false, "not closed" }, { coroutine.close(task) })
      assert.is_true(pyro.join(task, 10))
    end)

    it("is what Lua says where it runs, or is over", function()
      local task, err
      task = pyro.spawn(function()
        err = served.failure(coroutine.close, coroutine.running())
      end)
      assert.is_true(pyro.join(task))
      assert.matches("cannot close a running coroutine", err)
      assert.is_true(coroutine.close(task))
      pyro.spawn(function() end)
      assert.are.equal("dead", coroutine.status(task))
    end)
  end)

  it("goes on waiting where somebody else resumes it", function()
    local ended
    local event = pyro.event()
    local task = pyro.spawn(function()
      event:wait()
      ended = "value"
    end)
    pyro.sleep(0)
    assert.are.same({ true }, { coroutine.resume(task, "too early", 2) })
    assert.is_nil(ended)
    event:set()
    assert.is_true(pyro.join(task))
    assert.are.equal("value", ended)
    local count = 0
    task = pyro.spawn(function()
      count = count + 1
      coroutine.yield()
      count = count + 1
    end)
    pyro.step(0)
    coroutine.resume(task) -- to its end
    assert.is_true(pyro.join(task, 10))
    assert.are.equal(2, count)
  end)

  it("needs a function, and sleep a time", function()
    assert.error_matches(function()
      pyro.spawn(3)
    end, "function expected, got number")
    for _, bad in ipairs { -1, "x", 0 / 0 } do
      assert.error_matches(function()
        pyro.sleep(bad)
      end, "bad argument #1 to 'sleep'")
    end
  end)
end)
