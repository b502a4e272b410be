--- Pickles that pyrolua writes, read by Python's own pickle and the real Pyro4, and by Python 2 (Jython).
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"
local values = require "spec.support.values"

local SCRIPT = "spec/interop/python/pickles.py"
local NEEDS = { PYRO_SERIALIZERS_ACCEPTED = "pickle", PYRO_REQUIRE_EXPOSE = "false" }
local SEED = math.tointeger(os.getenv "SEED") or os.time()

local Item, Refused = {}, {}

local function with(err, attributes)
  for name, value in pairs(attributes) do
    err[name] = value
  end
  return err
end

--- Values, and what Python says they are; its exceptions by the names that Python 2 has.
local function objects()
  local key_error = with(pyro.KeyError "k", { code = 7, where = { a = pyro.tuple { 1 } } })
  key_error.remoteTraceback = { "line\n" }
  local item = setmetatable({ price = 3, inner = setmetatable({ tags = pyro.set { "a" } }, Item) }, Item)
  local array = pyro.ndarray.new({ 2, 2 }, "<u2", { { 1, 2 }, { 3, 65535 } })
  return {
    { pyro.ValueError("m", 3), "ValueError tuple['m', 3] dict[]" },
    { key_error, "KeyError tuple['k'] dict['_pyroTraceback': list['line\\x0a'], 'code': 7, "
      .. "'where': dict['a': tuple[1]]]" },
    { pyro.FileNotFoundError(2, "no"), "OSError tuple[2, 'no'] dict[]" },
    { pyro.Error("builtins.RecursionError", "deep"), "RuntimeError tuple['deep'] dict[]" },
    { pyro.Error("OutOfStock", "no"), "RuntimeError tuple['OutOfStock: no'] dict['_pyroClass': 'OutOfStock']" },
    { pyro.Error("os.system", "exit 1"), "RuntimeError tuple['os.system: exit 1'] dict['_pyroClass': 'os.system']" },
    { pyro.Error("__main__.Refused", "no", 1), "Refused tuple['no', 1] dict[]" },
    { { __class__ = "os.system", args = { "exit 1" } }, "dict['__class__': 'os.system', 'args': list['exit 1']]" },
    { item, "Item dict['inner': Item dict['tags': set['a']], 'price': 3]" },
  }, {
    { pyro.NamingError "n", "NamingError tuple['n'] dict[]" },
    { pyro.TimeoutError "t", "TimeoutError tuple['t'] dict[]" },
    { pyro.URI "PYRO:o@h:1", "URI tuple['PYRO', 'o', None, 'h', 1]" },
    { pyro.URI "PYRO:o@./u:/tmp/s", "URI tuple['PYRO', 'o', '/tmp/s', None, None]" },
    { pyro.URI "PYROMETA:a,b", "URI tuple['PYROMETA', set['a', 'b'], None, None, None]" },
    { pyro.Proxy "PYRO:o@h:1", "Proxy PYRO:o@h:1 set[] set[] set[] list['hello', None]" },
    { { pyro.Proxy "PYRONAME:o" }, "list[Proxy PYRONAME:o set[] set[] set[] list['hello', None]]" },
    { array, "ndarray <u2 (2, 2) C [[1, 2], [3, 65535]]" },
  }
end

local SERVER = [[
  local Item, Refused, Shop = {}, {}, {}
  pyro.registerClass("Item", Item)
  pyro.registerClass("__main__.Refused", Refused)
  function Shop:fail(text)
    local err = pyro.ValueError(text, 2)
    err.code, err.where = 7, { a = pyro.tuple { 1 } }
    error(err)
  end
  function Shop:own() error(pyro.Error("os.system", "exit 1")) end
  function Shop:registered() error(pyro.Error("__main__.Refused", "no", 1)) end
  function Shop:shown(refusals)
    local one = refusals[1]
    return pyro.tuple { one.class, one.message, one.args[2], one.code, refusals }
  end
  function Shop:item() return setmetatable({ price = 3, tags = pyro.set { "a" } }, Item) end
  function Shop:uri() return pyro.URI "PYRO:o@h:1" end
  function Shop:meta() return pyro.URI "PYROMETA:a,b" end
  function Shop:items(n)
    return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
  end
  function Shop:blob(blob) return blob:deserialized() end
  function Shop:named(a, b) return pyro.tuple { a, b } end
  local daemon = pyro.Daemon {}
  local counter = { count = function(_, n) return n + 1 end }
  daemon:register(counter)
  function Shop:counter() return counter end
  local uri = daemon:register(Shop, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

describe("pickles", function()
  local usual = { pyro.config.SERIALIZER, pyro.config.PICKLE_PROTOCOL_VERSION }
  local path, proxy

  setup(function()
    pyro.registerClass("Item", Item)
    pyro.registerClass("__main__.Refused", Refused)
  end)

  teardown(function()
    pyro.unregisterClass "Item"
    pyro.unregisterClass "__main__.Refused"
  end)

  after_each(function()
    pyro.config.SERIALIZER, pyro.config.PICKLE_PROTOCOL_VERSION = table.unpack(usual)
    if proxy then
      proxy:_pyroRelease()
      proxy = nil
    end
    process.stop_all()
  end)

  local function connect(protocol)
    path = process.file("pickles", "")
    pyro.config.SERIALIZER, pyro.config.PICKLE_PROTOCOL_VERSION = "pickle", protocol
    local server = peers.start("Pyro4", { SCRIPT, "serve", path, env = NEEDS })
    proxy = pyro.Proxy("PYRO:target@localhost:" .. server:expect "PORT%s+(%d+)")
  end

  for protocol = 2, 5 do
    it(("of protocol %d are read by Pyro4 #r37:L4"):format(protocol), function()
      connect(protocol)
      for _, list in ipairs { objects() } do
        for _, case in ipairs(list) do
          assert.are.equal("[" .. case[2] .. "]", proxy:describe(case[1]))
        end
      end
      assert.are.equal("[1, 'a'] dict['k': None]", proxy:describe(1, "a", pyro.kwargs { k = pyro.null }))
    end)

    it(("answer Pyro4's of protocol %d #r37:4L"):format(protocol), function()
      local uri = "PYRO:target@localhost:" .. peers.start("Lua", { "-e", SERVER }):expect "PORT%s+(%d+)"
      local run = peers.run("Pyro4", { SCRIPT, "use", uri,
        env = { PYRO_SERIALIZER = "pickle", PYRO_PICKLE_PROTOCOL_VERSION = tostring(protocol) } })
      assert.are.equal("all well\n", run.output)
    end)
  end

  it("of protocol 2 are read by Python 2 as by Python 3", function()
    connect(2)
    math.randomseed(SEED)
    for _ = 1, 200 do
      proxy:describe(values.random(values.carried.pickle))
    end
    for _, case in ipairs((objects())) do
      proxy:describe(case[1])
    end
    local expected = peers.run("Pyro4", { SCRIPT, "describe", path })
    local jython = process.run { "/usr/bin/jython", SCRIPT, "describe", path }
    local lines = expected.out:gmatch "[^\n]+"
    for line in jython.out:gmatch "[^\n]+" do
      assert.are.equal(lines(), line, "seed " .. SEED)
    end
    assert.is_nil(lines(), jython.err)
  end)
end)
