--- bind: errors that a served method raises, and what its caller gets.
local pyro = require "pyro"
local served = require "spec.support.served"

local thrower = {}

function thrower:text() -- luacheck: ignore self
  error "plain text"
end

function thrower:value() -- luacheck: ignore self
  error(pyro.ValueError "x not in list")
end

function thrower:wordy() -- luacheck: ignore self
  error(pyro.ValueError(("é"):rep(5000)))
end

function thrower:several() -- luacheck: ignore self
  error(pyro.OSError(2, "No such file"))
end

function thrower:own() -- luacheck: ignore self
  error(pyro.NamingError "unknown name: x")
end

function thrower:table() -- luacheck: ignore self
  error { code = 7 }
end

function thrower:shaped() -- luacheck: ignore self
  error { class = "KeyError", message = "the key" }
end

function thrower:none() -- luacheck: ignore self
  error(nil)
end

function thrower:binary() -- luacheck: ignore self
  error("bad \xff bytes", 0)
end

function thrower:grumpy() -- luacheck: ignore self
  error(setmetatable({}, { __tostring = function()
    error "no text"
  end }))
end

function thrower:overflow() -- luacheck: ignore self
  local function again()
    return 1 + again()
  end
  return again()
end

function thrower:callback(proxy) -- luacheck: ignore self
  proxy:value()
end

function thrower:this(err) -- luacheck: ignore self
  error(err, 0)
end

function thrower:hold(value) -- luacheck: ignore self
  error({ inside = value, f = print }, 0)
end

function thrower:opaque(what) -- luacheck: ignore self
  error(({ f = print, table = { f = coroutine.create(print) }, file = io.stdout })[what])
end

function thrower:items() -- luacheck: ignore self
  return coroutine.wrap(function()
    error { code = 7 }
  end)
end

function thrower:detailed() -- luacheck: ignore self
  local err = pyro.ValueError("bad", { 1, 2 })
  err.code, err.detail, err._note = 7, { where = "here" }, "n"
  error(err)
end

function thrower:fields() -- luacheck: ignore self
  error { class = "shop.OutOfStock", message = "no chairs", code = 7, undo = print }
end

function thrower:unknown() -- luacheck: ignore self
  error { class = "OutOfStock", message = "no chairs" }
end

function thrower:stuck(what) -- luacheck: ignore self
  local err = pyro.ValueError("bad", what == "args" and print or nil)
  err.handle = what == "attribute" and coroutine.create(print) or nil
  error(err)
end

describe("a remote error", function()
  local proxy

  setup(function()
    proxy = served.open(thrower)
  end)

  teardown(served.close)

  local function raised(name, ...)
    return served.failure(proxy[name], proxy, ...)
  end

  it("keeps class, message and arguments", function()
    local err = raised "value"
    assert.are.equal("ValueError", err.class)
    assert.are.equal("x not in list", err.message)
    assert.are.same({ "x not in list" }, err.args)
    assert.are.equal("ValueError: x not in list", tostring(err))
    assert.are.same({ 2, "No such file" }, raised("several").args)
    assert.are.equal("NamingError", raised("own").class)
  end)

  it("is a RuntimeError where Lua has only a text", function()
    local err = raised "text"
    assert.are.equal("RuntimeError", err.class)
    assert.matches("errors_spec.lua:%d+: plain text$", err.message)
    assert.are.equal("bad \\xff bytes", raised("binary").message)
    assert.are.equal("RuntimeError", raised("none").class)
    assert.are.equal("RuntimeError", raised("grumpy").class)
    assert.are.equal("{'code': 7}", raised("table").message)
    assert.matches("stack overflow", raised("overflow").message)
  end)

  it("may be any table with a class and a message", function()
    local err = raised "shaped"
    assert.are.equal("KeyError", err.class)
    assert.are.same({ "the key" }, err.args)
  end)

  it("of a class that Python cannot know says so in its text", function()
    assert.are.equal("OutOfStock: no chairs", tostring(raised "unknown"))
    assert.are.equal("shop.OutOfStock: no chairs", tostring(raised "fields"))
  end)

  it("may be of any type", function()
    for expected, value in pairs { ["7"] = 7, ["1.5"] = 1.5, ["false"] = false } do
      assert.are.equal("RuntimeError: " .. expected, tostring(raised("this", value)))
    end
    assert.matches("^RuntimeError: <pyro.Proxy at .*>$", tostring(raised("this", proxy)))
  end)

  it("shows a value that is no text, in short, and no address", function()
    local long, deep = {}, {}
    for i = 1, 1000 do
      long[i], deep = ("x"):rep(50), i < 50 and { deep } or deep
    end
    for _, method in ipairs { "this", "hold" } do
      for _, value in ipairs { { code = 5, name = "x" }, long, deep, { ("\u{e9}"):rep(1000) },
        setmetatable({}, { __name = "Box" }), proxy, { proxy } } do
        local err = raised(method, value)
        assert.are.equal("RuntimeError", err.class)
        assert.is_nil(err.message:find "0x%x")
        assert(#err.message < 500, err.message)
        assert(utf8.len(err.message))
        assert.is_nil(table.concat(err.remoteTraceback):find "0x%x")
      end
    end
    assert.are.equal("{'code': 5, 'name': 'x'}", raised("this", { code = 5, name = "x" }).message)
    assert.are.equal("<function>", raised("opaque", "f").message)
    assert.are.equal("{'f': <thread>}", raised("opaque", "table").message)
    assert.matches("^file %(0x%.%.%.%)$", raised("opaque", "file").message)
  end)

  it("in a batch or a stream shows a value in the same way", function()
    local batch = pyro.batch(proxy)
    batch:table()
    local ok, err = pcall(batch())
    assert.is_false(ok)
    assert.are.equal("RuntimeError: {'code': 7}", tostring(err))
    local items = proxy:items()
    ok, err = pcall(items)
    assert.is_false(ok)
    assert.are.equal("RuntimeError: {'code': 7}", tostring(err))
  end)

  it("keeps its attributes", function()
    local err = raised "detailed"
    assert.are.equal(7, err.code)
    assert.are.equal("here", err.detail.where)
    assert.are.equal("n", err._note)
    assert.are.equal("{'_note': 'n', 'code': 7, 'detail': {'where': 'here'}}", pyro.repr(err.attributes))
    assert.are.equal("ValueError: ('bad', [1, 2])", tostring(err))
    err = raised "fields"
    assert.are.equal("{'code': 7}", pyro.repr(err.attributes))
  end)

  it("comes back unchanged when it is raised again", function()
    local first = raised "detailed"
    local again = raised("this", first)
    assert.are.equal(pyro.repr(first.attributes), pyro.repr(again.attributes))
    assert.are.equal(tostring(first), tostring(again))
    assert.are.equal("builtins.TimeoutError", raised("this", pyro.Error("builtins.TimeoutError", 1)).class)
    assert.are.equal("TimeoutError", raised("this", pyro.TimeoutError(1)).class)
    assert.are.equal("shop.OutOfStock", raised("this", pyro.Error "shop.OutOfStock").class)
  end)

  it("is a PyroError with its text where it cannot travel", function()
    for what, place in pairs { args = "args[2]: a function", attribute = "attributes.handle: a thread" } do
      local err = raised("stuck", what)
      assert.are.equal("PyroError", err.class)
      assert.matches("Error serializing exception: SerializeError: the error." .. place .. " cannot travel. "
        .. "Original exception: <class 'ValueError'>: ", err.message, 1, true)
      assert.matches("in stuck\n", table.concat(err.remoteTraceback))
    end
  end)

  it("has the traceback of where it happened", function()
    local traceback = table.concat(raised("value").remoteTraceback)
    assert.matches("^Traceback %(most recent call last%):\n", traceback)
    assert.matches('File "[^"]*errors_spec.lua", line %d+, in value\n', traceback)
    assert.matches('    error%(pyro.ValueError "x not in list"%)\n', traceback)
    assert.matches("\nValueError: x not in list\n$", traceback)
  end)

  it("has the beginning of a long message in its traceback, and all of it beside", function()
    local err = raised "wordy"
    assert.equal(("é"):rep(5000), err.message)
    assert.equal("ValueError: " .. ("é"):rep(1000) .. "... (10000 bytes)\n", err.remoteTraceback[#err.remoteTraceback])
  end)

  it("that passes through a third object has both tracebacks", function()
    local traceback = table.concat(raised("callback", proxy).remoteTraceback)
    assert.matches("in callback\n", traceback)
    assert.matches(" | .*in value\n", traceback)
  end)

  it("does not end the connection", function()
    proxy:_pyroBind()
    raised "value"
    assert.matches("; connected;", tostring(proxy))
  end)
end)

describe("error objects", function()
  it("have Python's text", function()
    assert.are.equal("ValueError: x", tostring(pyro.ValueError "x"))
    assert.are.equal("ValueError", tostring(pyro.ValueError()))
    assert.are.equal("ValueError: ('a', 1)", tostring(pyro.ValueError("a", 1)))
    assert.are.equal("ValueError: None", tostring(pyro.ValueError(pyro.null)))
    assert.are.equal("ValueError: [1, 'x']", tostring(pyro.ValueError { 1, "x" }))
    assert.are.equal("ValueError: x", tostring(pyro.ValueError(pyro.KeyError("x", 1).args[1])))
    assert.are.equal("RuntimeError: inner", tostring(pyro.RuntimeError(pyro.ValueError "inner")))
    assert.are.equal("KeyError: 'x'", tostring(pyro.KeyError "x"))
    assert.are.equal("FileNotFoundError: [Errno 2] No such file", tostring(pyro.FileNotFoundError(2, "No such file")))
    assert.are.same({ "a", 1 }, pyro.ValueError("a", 1).args)
  end)

  it("exist for Python's classes and Pyro's, and no others", function()
    for _, name in ipairs { "KeyError", "ZeroDivisionError", "CommunicationError" } do
      assert.are.equal(name, pyro[name]("x").class)
    end
    assert.is_nil(pyro.NoSuchError)
  end)

  it("have attributes beside the fields of their own", function()
    local err = pyro.ValueError "bad"
    assert.is_nil(err.code)
    err.code = 7
    assert.are.same({ code = 7 }, err.attributes)
    err.attributes.code = 8
    assert.are.equal(8, err.code)
    err.message = "worse"
    assert.are.same({ code = 8 }, err.attributes)
    assert.are.equal("ValueError: worse", tostring(err))
  end)

  it("as values keep all they have", function()
    local proxy = served.open { echo = function(_, value)
      return value
    end }
    local err = pyro.Error("shop.OutOfStock", "chair", pyro.null, pyro.KeyError "inner")
    err.code = { 1, pyro.ValueError "deep" }
    local back = proxy:echo { err }[1]
    assert.are.equal("shop.OutOfStock", back.class)
    assert.are.equal("OutOfStock('chair', None, KeyError('inner'))", pyro.repr(back))
    assert.are.equal("[1, ValueError('deep')]", pyro.repr(back.code))
    err.args[1] = err
    assert.are.equal("argument 1.args[1]: a table that contains itself cannot travel",
      served.failure(proxy.echo, proxy, err).message)
    served.close()
  end)
end)
