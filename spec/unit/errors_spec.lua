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
    assert.matches("^table: ", raised("table").message)
    assert.matches("stack overflow", raised("overflow").message)
  end)

  it("may be any table with a class and a message", function()
    local err = raised "shaped"
    assert.are.equal("KeyError", err.class)
    assert.are.same({ "the key" }, err.args)
  end)

  it("has the traceback of where it happened", function()
    local traceback = table.concat(raised("value").remoteTraceback)
    assert.matches("^Traceback %(most recent call last%):\n", traceback)
    assert.matches('File "[^"]*errors_spec.lua", line %d+, in value\n', traceback)
    assert.matches('    error%(pyro.ValueError "x not in list"%)\n', traceback)
    assert.matches("\nValueError: x not in list\n$", traceback)
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
    assert.are.equal("('a', 1)", "(" .. "'a', 1)" and pyro.repr(pyro.tuple { "a", 1 }))
    assert.are.same({ "a", 1 }, pyro.ValueError("a", 1).args)
  end)

  it("exist for Python's classes and Pyro's, and no others", function()
    for _, name in ipairs { "KeyError", "ZeroDivisionError", "CommunicationError" } do
      assert.are.equal(name, pyro[name]("x").class)
    end
    assert.is_nil(pyro.NoSuchError)
  end)
end)
