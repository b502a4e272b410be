--- bind: waits inside of waits, where Lua cannot yield, have a bound.
local process = require "spec.support.process"
local pyro = require "pyro"
local served = require "spec.support.served"

local CALLS = 70

describe("waits where Lua cannot yield", function()
  local gate, most, proxy, backend

  --- Ways to wait amid a function of C.
  local ways = {
    gsub = function(wait)
      return (("x"):gsub("x", wait))
    end,
    sort = function(wait)
      table.sort({ 1, 2 }, function()
        wait()
        return true
      end)
      return "sorted"
    end,
    tostring = function(wait)
      return tostring(setmetatable({}, { __tostring = wait }))
    end,
    deep = function(wait) -- takes more of Lua's stack than the others
      return (("x"):gsub("x", function()
        return (("x"):gsub("x", function()
          return coroutine.wrap(wait)()
        end))
      end))
    end,
  }

  before_each(function()
    gate, most = pyro.event(), pyro.config.MAX_NESTED_WAITS
    backend = served.open {
      pass = function()
        gate:wait()
        return "passed"
      end,
    }
    backend:_pyroBind()
    proxy = served.open {
      wait = function(_, way, called)
        return ways[way](function()
          if called then
            return backend:pass()
          end
          gate:wait()
          return "passed"
        end)
      end,
      hello = function()
        return "hello"
      end,
    }
  end)

  after_each(function()
    pyro.config.MAX_NESTED_WAITS = most
    served.close()
  end)

  --- Makes calls of as many clients; opens the gate when as many were refused; returns the errors.
  --- The test itself waits where Lua cannot yield: inner waits end first, so tasks do it all.
  local function crowd(refused, ...)
    local errors, good, tasks, welcome = {}, 0, {}, nil
    for i = 1, CALLS do
      tasks[i] = pyro.spawn(function(...)
        local own <close> = pyro.Proxy(proxy)
        local ok, result = pcall(own.wait, own, ...)
        good = good + (ok and 1 or 0)
        errors[#errors + 1] = not ok and tostring(result) or nil
      end, ...)
    end
    tasks[#tasks + 1] = pyro.spawn(function()
      served.soon(function()
        return #errors >= refused
      end)
      local late <close> = pyro.Proxy(proxy)
      welcome = late:hello() -- a new client is served
      gate:set()
    end)
    for _, task in ipairs(tasks) do
      assert.is_true(pyro.join(task, 20))
    end
    assert.are.equal("hello", welcome)
    assert.are.equal(CALLS, good + #errors)
    return errors
  end

  it("are as many as the setting says, each of which ends well", function()
    for _, way in ipairs { "gsub", "sort", "tostring" } do
      for _, called in ipairs { false, true } do
        gate:clear()
        local errors = crowd(CALLS - 50, way, called)
        assert.are.equal(CALLS - 50, #errors)
        assert.are.equal("PyroError: too many nested waits: at most 50 may wait inside of one another "
          .. "(MAX_NESTED_WAITS)", errors[1])
      end
    end
    pyro.config.MAX_NESTED_WAITS = 7
    gate:clear()
    assert.are.equal(CALLS - 7, #crowd(CALLS - 7, "gsub"))
  end)

  it("are fewer where the stack has no room", function()
    pyro.config.MAX_NESTED_WAITS = 1000
    assert.matches("^PyroError: too many nested waits: %d+ wait inside of one another, and the stack",
      crowd(1, "gsub")[1])
    gate:clear()
    pyro.config.MAX_NESTED_WAITS = 50
    assert.is_true(#crowd(20, "deep") >= 20)
  end)

  it("are fewer on a small stack, which does not overflow", function()
    local script = process.file("small.lua", [[
      local pyro = require "pyro"
      pyro.config.MAX_NESTED_WAITS = 1000
      local gate, refused = pyro.event()
      local uri = pyro.Daemon {}:register { wait = function()
        return (("x"):gsub("x", function() gate:wait() return "passed" end))
      end }
      local tasks = {}
      for i = 1, 70 do
        tasks[i] = pyro.spawn(function()
          local ok, err = pcall(function() return pyro.Proxy(uri):wait() end)
          if not ok then
            refused = tostring(err)
            gate:set()
          end
        end)
      end
      for _, task in ipairs(tasks) do pyro.join(task) end
      print(refused)
    ]])
    local run = process.run { "sh", "-c", ("ulimit -s 200; exec %s %s"):format(
      table.concat(process.pyrolua(), " "), script) }
    assert.are.equal(0, run.code, run.output)
    assert.matches("^PyroError: too many nested waits: %d+ wait inside of one another, and the stack", run.out)
  end)

  it("may step the loop as often", function()
    pyro.config.MAX_NESTED_WAITS = 0
    local err
    pyro.spawn(function()
      err = served.failure(pyro.step, 0)
    end)
    pyro.sleep(0)
    assert.matches("too many nested waits", tostring(err))
  end)
end)
