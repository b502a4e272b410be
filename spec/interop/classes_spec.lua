--- Classes and exceptions of one's own between Lua and Python, registered on both sides.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local ITEM = [[
  local pyro = require "pyro"
  local Item = {}
  Item.__index = Item
  local OutOfStock = {}
  pyro.registerClass("shop.Item", Item)
]]

--- Python's own dicts of the classes; and what pickles have, which ask for none.
local CLASSES = {}
CLASSES.msgpack = ITEM .. [[
  local by_pickle = false
  pyro.registerClass("shop.OutOfStock", OutOfStock, function(self)
    return { name = self[1], wanted = self.wanted }
  end, function(dict)
    return setmetatable({ dict.name, wanted = dict.wanted }, OutOfStock)
  end)
]]
CLASSES.pickle = ITEM .. [[
  local by_pickle = true
  local Ware = {}
  pyro.registerClass("Ware", Ware)
  pyro.registerClass("shop.OutOfStock", OutOfStock, function(self)
    return { __exception__ = true, args = { self[1] }, attributes = { wanted = self.wanted } }
  end, function(dict)
    return setmetatable({ dict.args[1], wanted = dict.attributes.wanted }, OutOfStock)
  end)
]]

local SERVER = [[
  local Shop = {}

  function Shop:find(name)
    return { setmetatable({ name = name, price = 3 }, Item) }
  end

  function Shop:price(item, times)
    assert(getmetatable(item) == Item)
    if item.price == 0 then
      error("broken")
    end
    return item.price * times
  end

  function Shop:buy(name)
    error(setmetatable({ name, wanted = 5 }, OutOfStock))
  end

  function Shop:echo(value)
    return value
  end

  function Shop:measure(wares)
    local first, second = wares[1], wares[2]
    assert(getmetatable(first) == getmetatable(second))
    return { setmetatable({ size = first.size + second.size }, getmetatable(first)) }
  end

  local failures = {
    number = function() return 7 end,
    ["nil"] = function() return nil end,
    key = function() return pyro.KeyError "k" end,
    several = function() return pyro.OSError(2, "No such file") end,
    shaped = function() return { class = "LookupError", message = "shaped" } end,
    own = function() return { class = "Mine", message = "text" } end,
    naming = function() return pyro.NamingError "n" end,
    communication = function() return pyro.CommunicationError "c" end,
    timeout = function() return pyro.TimeoutError "t" end,
    builtin = function() return pyro.Error("builtins.TimeoutError", "t") end,
    speaking = function() return setmetatable({}, { __tostring = function() return "spoken" end }) end,
    binary = function() return "caf\xe9" end,
    unsendable = function() return pyro.ValueError(print) end,
    stranger = function() return pyro.Error("shop.Stranger", 1) end,
    attributes = function()
      local err = pyro.ValueError("bad", { 1, { a = pyro.null } })
      err.code, err.detail, err.reason = 7, { where = pyro.tuple { 1, 2 } }, pyro.KeyError "why"
      return err
    end,
  }

  function Shop:fail(how)
    if how == "text" then
      error "text"
    end
    error(failures[how](), 0)
  end

  local daemon = pyro.Daemon {}
  local uri = daemon:register(Shop, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local USER = [[
  local shop = pyro.Proxy((...))
  local function raised(method, ...)
    local ok, err = pcall(shop[method], shop, ...)
    assert(not ok)
    return err
  end

  local item = shop:find "chair"[1]
  assert(getmetatable(item) == Item and item.name == "chair" and item.price == 3)
  assert(shop:price(setmetatable({ name = "table", price = 7 }, Item), 2) == 14)
  local err = raised("buy", "sofa")
  assert(getmetatable(err) == OutOfStock and err[1] == "sofa" and err.wanted == 5)

  local function expect(how, class, message, attributes)
    local x = raised("fail", how)
    assert(x.class == class and x.message == message, tostring(x))
    assert(pyro.repr(x.attributes) == (attributes or "{}"), pyro.repr(x.attributes))
    assert(table.concat(x.remoteTraceback):find "in fail")
    local back = shop:echo { x } [1]
    assert(tostring(back) == tostring(x) and pyro.repr(back.attributes) == pyro.repr(x.attributes), tostring(back))
  end
  expect("attributes", "ValueError", "('bad', [1, 2])", "{'_private': 'p', 'code': 7, 'detail': {'where': 'here'}}")
  expect("system", "FileNotFoundError", "[Errno 2] No such file or directory"
    .. (by_pickle and ": '/no/such/file'" or ""))
  expect("unicode", "UnicodeDecodeError", "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte")
  expect("group", "ExceptionGroup", "both (2 sub-exceptions)")
  expect("notes", "RuntimeError", "bad", "{'__notes__': ['look here']}")
  expect("timeout", "builtins.TimeoutError", "builtin")
  expect("naming", "NamingError", "n")
  assert(tostring(shop:echo { pyro.CommunicationError "c" } [1]) == "CommunicationError: c") -- raised, it ends all
  err = raised("fail", "stranger")
  assert(err.class == "__main__.Stranger" and tostring(err) == "__main__.Stranger: ('who', 1)", tostring(err))
  assert(table.concat(err.remoteTraceback):find "in fail")
  assert(raised("fail", "unsendable").class == "PyroError")
  if by_pickle then -- in which it is a RuntimeError for Python
    assert(tostring(shop:echo(err)) == "__main__.Stranger: ('who', 1)", tostring(shop:echo(err)))
  else
    assert(raised("echo", err).class == "SecurityError")
  end
  print "all well"
]]

local function start(language, serializer, env)
  local program = language == "Lua" and { "-e", CLASSES[serializer] .. SERVER }
    or { "spec/interop/python/shop.py", "serve", env = env }
  return "PYRO:target@localhost:" .. peers.start(language, program):expect "PORT%s+(%d+)"
end

describe("classes and exceptions", function()
  after_each(process.stop_all)

  for _, serializer in ipairs { "msgpack", "pickle" } do
    local env = { PYRO_SERIALIZER = serializer, PYRO_SERIALIZERS_ACCEPTED = serializer }

    it(("of Lua reach Python by %s #r31:4L #r38:4L #r41:4L #r43:4L"):format(serializer), function()
      local run = peers.run("Pyro4", { "spec/interop/python/shop.py", "use", start("Lua", serializer, env), env = env })
      assert.are.equal("all well\n", run.output)
    end)

    it(("of Python reach Lua by %s #r31:L4 #r38:L4 #r41:L4 #r43:L4"):format(serializer), function()
      local run = peers.run("Lua", { process.file("use_shop.lua", CLASSES[serializer] .. USER),
        start("Pyro4", serializer, env) })
      assert.are.equal("all well\n", run.output)
    end)
  end
end)
