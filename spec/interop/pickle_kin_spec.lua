--- Pickle, and its kin cloudpickle and dill, between Lua and the real Pyro4: data goes through, nothing runs.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local SERVER = [[
  local pyro = require "pyro"
  local Target = { number = 3 }
  pyro.attributes(Target, "number")
  pyro.oneway(Target, "note")
  function Target:echo(value) return value end
  function Target:serializer() return pyro.current_context.serializer_id end
  function Target:note(text) self.noted = text end
  function Target:notes() return self.noted end
  function Target:call(other) return other:back "called" end
  function Target:items()
    return coroutine.wrap(function()
      coroutine.yield(1)
      coroutine.yield(pyro.tuple { 2, 3 })
    end)
  end
  function Target:fail()
    local err = pyro.ValueError("bad", 1)
    err.extra = { more = pyro.tuple { 1, 2 } }
    error(err)
  end
  local daemon = pyro.Daemon {}
  local uri = daemon:register(Target, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local USER = [[
  local pyro = require "pyro"
  local uri, id = ...
  local proxy = pyro.Proxy(uri)
  local function raised(class, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and err.class == class, tostring(err))
    return err
  end
  local function equal(expected, got)
    assert(expected == got, ("%s, not %s"):format(got, expected))
  end

  for i = 0, proxy:count() - 1 do
    local value = proxy:value(i)
    equal(pyro.repr(value), pyro.repr(proxy:echo(value)))
  end
  equal(math.tointeger(id), proxy:serializer())
  equal("(1, [2.0, 'x', b'\\xff'], {'k': None}, {3})",
    proxy:shown(pyro.tuple { 1, { 2.0, "x", "\xff" }, { k = pyro.null }, pyro.set { 3 } }))

  local err = raised("ValueError", proxy.fail, proxy)
  equal("('bad', 1)", err.message)
  equal("{'more': (1, 2)}", pyro.repr(err.extra))
  assert(table.concat(err.remoteTraceback):find "in fail")
  equal(pyro.repr(err.attributes), pyro.repr(proxy:echo { err } [1].attributes))

  for _, method in ipairs { "function", "klass" } do
    print(raised("SecurityError", proxy[method], proxy).message)
    equal(1, proxy:echo(1))
  end

  local items = proxy:items()
  equal(1, items())
  equal("(2, 3)", pyro.repr(items()))
  proxy:note "one"
  equal("one", proxy:notes())
  equal(3, proxy.number)
  local batch = pyro.batch(proxy)
  batch:echo "a"
  batch:fail()
  local results = batch()
  equal("a", results())
  raised("ValueError", results)

  local daemon <close> = pyro.Daemon {}
  local callback = { back = function(_, text) return text .. " back" end }
  daemon:register(callback)
  pyro.spawn(daemon.requestLoop, daemon)
  equal("called back", proxy:call(callback))
  daemon:shutdown()
  print "all well"
]]

local IDS = { pickle = 4, dill = 5, cloudpickle = 7 }

--- Texts of errors that refuse functions and classes of Python's: the name of what would have to run.
local REFUSED = { pickle = "__main__.local_function[^\n]*\n[^\n]*__main__.Local",
  cloudpickle = "cloudpickle.cloudpickle[^\n]*\n[^\n]*cloudpickle.cloudpickle",
  dill = "dill._dill[^\n]*\n[^\n]*dill._dill" }

local function start(language, serializer)
  local program = language == "Lua" and { "-e", SERVER } or { "spec/interop/python/pickle_kin.py", "serve" }
  program.env = { PYRO_SERIALIZER = serializer, PYRO_SERIALIZERS_ACCEPTED = serializer }
  return "PYRO:target@localhost:" .. peers.start(language, program):expect "PORT%s+(%d+)"
end

describe("a pickle", function()
  after_each(process.stop_all)

  for serializer, id in pairs(IDS) do
    local env = { PYRO_SERIALIZER = serializer, PYRO_SERIALIZERS_ACCEPTED = serializer }

    it(("of Python's %s reaches Lua"):format(serializer) .. tags({ 37, 38, 43 }, "Pyro4", "Lua"), function()
      local script = { "spec/interop/python/pickle_kin.py", "use", start("Lua", serializer), env = env }
      local run = peers.run("Pyro4", script)
      assert.are.equal("all well\n", run.output)
    end)

    it(("of Lua's reaches Python's %s"):format(serializer) .. tags({ 37, 38, 43 }, "Lua", "Pyro4"), function()
      local run = peers.run("Lua", { process.file("user.lua", USER), start("Pyro4", serializer), tostring(id),
        env = env })
      assert.matches("^[^\n]*" .. REFUSED[serializer] .. "[^\n]*\nall well\n$", run.output)
    end)
  end
end)
