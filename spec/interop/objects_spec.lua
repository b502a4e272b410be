--- Objects with methods, attributes, oneway methods, callbacks and errors, served by either language
--- and used by either as its users do.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local ROWS = { 10, 11, 12, 13, 14, 22, 26, 28, 30, 31, 41 }

local SERVER = [[
  local Counter = { __name = "Counter" }
  Counter.__index = Counter
  pyro.attributes(Counter, "value")
  pyro.oneway(Counter, "add_later")

  function Counter:add(amount, times)
    self.value = self.value + (amount or 1) * (times or 1)
    return self.value
  end

  local released = pyro.event()

  function Counter:release()
    released:set()
  end

  function Counter:add_later(amount)
    released:wait()
    self.value = self.value + amount
  end

  function Counter:tell(listener, text)
    return listener:hear(text)
  end

  function Counter:fail(name, ...)
    error(pyro[name](...))
  end

  function Counter:_private()
    return "secret"
  end

  local daemon = pyro.Daemon {}
  local uri = daemon:register(setmetatable({ value = 0 }, Counter), "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local USER = [[
  local pyro = require "pyro"
  local uri = ...
  local counter = pyro.Proxy(uri)
  local function raised(method, ...)
    local ok, err = pcall(counter[method], counter, ...)
    assert(not ok)
    return err
  end

  counter:_pyroBind()
  assert(pyro.repr(counter._pyroOneway):find "add_later")
  assert(pyro.repr(counter._pyroAttrs):find "value")
  assert(counter.value == 0)
  counter.value = 5
  assert(counter.value == 5)
  assert(counter:add(2, 3) == 11)
  assert(counter:add(pyro.kwargs { amount = 4 }) == 15)
  assert(counter:add(1, pyro.kwargs { times = 5 }) == 20)
  assert(not pcall(function() return counter:nothing() end))
  assert(not pcall(function() return counter:_private() end))
  counter:add_later(100)
  assert(counter.value == 20, "it was waited for")
  counter:release()
  while counter.value ~= 120 do
    pyro.sleep(0.05)
  end

  local daemon = pyro.Daemon {}
  local listener = { hear = function(_, text) return "heard " .. text end }
  daemon:register(listener)
  assert(counter:tell(listener, "this") == "heard this")

  for _, case in ipairs { { "ValueError", "bad", 1 }, { "KeyError", "key" }, { "ZeroDivisionError" },
    { "NotImplementedError", "later" }, { "PyroError", "pyro" }, { "NamingError", "name" } } do
    local err = raised("fail", table.unpack(case))
    assert(err.class == case[1] and err.remoteTraceback, tostring(err))
    for i = 2, #case do
      assert(err.args[i - 1] == case[i])
    end
  end
  assert(counter:add(0) == 120)

  local sum, running = 0, 20
  for _ = 1, 20 do
    pyro.spawn(function()
      local proxy <close> = pyro.Proxy(uri)
      local value = proxy:add(1) -- others run meanwhile: sum is read when it is there
      sum = sum + value
      running = running - 1
    end)
  end
  while running > 0 do
    pyro.sleep(0.01)
  end
  assert(sum == (121 + 140) * 10)
  print "all well"
]]

local function start(language)
  local program = language == "Lua" and { "-e", SERVER } or { "spec/interop/python/counter.py" }
  return "PYRO:target@localhost:" .. peers.start(language, program):expect "PORT%s+(%d+)"
end

describe("an object", function()
  after_each(process.stop_all)

  for _, pair in ipairs { { "Lua", "Lua" }, { "Lua", "Pyro4" }, { "Pyro4", "Lua" }, { "Pyro4", "Pyro4" } } do
    local server, user = table.unpack(pair)
    it(("in %s is used from %s"):format(server, user) .. tags(ROWS, user, server), function()
      local program = user == "Lua" and process.file("use_counter.lua", USER)
        or "spec/interop/python/use_counter.py"
      assert.are.equal("all well\n", peers.run(user, { program, start(server) }).output)
    end)
  end
end)
