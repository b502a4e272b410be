--- bind: a daemon's methodcall_error_handler is told of each method that fails.
local pyro = require "pyro"
local served = require "spec.support.served"

local Object = {}
Object.__index = Object

function Object:fail(a, b) -- luacheck: ignore self
  if type(a) == "table" then
    a[1] = "changed"
  end
  error(pyro.ValueError("bad", b))
end

function Object:plain() -- luacheck: ignore self
  error("no object", 0)
end

function Object:slow(a) -- luacheck: ignore self
  pyro.sleep(0.01)
  error(pyro.KeyError(a))
end

function Object:unable() -- luacheck: ignore self
  return { print }
end

function Object:fine(a) -- luacheck: ignore self
  return a
end

function Object:stream() -- luacheck: ignore self
  return coroutine.wrap(function()
    error "in an item"
  end)
end

pyro.oneway(Object, "later")
function Object:later() -- luacheck: ignore self
  error(pyro.TypeError "nobody hears")
end

describe("a daemon's handler of failed methods", function()
  local proxy, daemon, told

  before_each(function()
    told = {}
    proxy, daemon = served.open(setmetatable({}, Object))
    function daemon:methodcall_error_handler(client, method, vargs, kwargs, err)
      assert(self == daemon and client.address:find "^127")
      told[#told + 1] = ("%s %s %s %s"):format(method, pyro.repr(vargs), pyro.repr(kwargs), tostring(err))
      assert(err.remoteTraceback)
    end
  end)

  after_each(served.close)

  local function try(method, ...)
    return tostring(served.failure(function(...)
      return proxy[method](proxy, ...)
    end, ...))
  end

  it("is told of the method, its arguments and the error", function()
    assert.are.equal("ValueError: ('bad', 2)", try("fail", 1, 2))
    assert.are.equal("ValueError: bad", try("fail", nil))
    assert.are.equal("ValueError: ('bad', 'x')", try("fail", { "list" }, pyro.kwargs { b = "x" }))
    assert.are.equal("RuntimeError: no object", try "plain")
    assert.are.equal("KeyError: 5", try("slow", 5))
    assert.are.same({
      "fail [1, 2] {} ValueError: ('bad', 2)",
      "fail [None] {} ValueError: bad",
      "fail [['list']] {'b': 'x'} ValueError: ('bad', 'x')",
      "plain [] {} RuntimeError: no object",
      "slow [5] {} KeyError: 5",
    }, told)
  end)

  it("is told where the arguments do not fit, but not of what is no failure of a method", function()
    assert.matches("unexpected keyword argument 'x'", try("fine", 1, pyro.kwargs { x = 1 }))
    assert.are.same({ "fine [1] {'x': 1} TypeError: fine() got an unexpected keyword argument 'x'" }, told)
    assert.are.equal(1, proxy:fine(1))
    try "unable"
    try "__len__"
    served.failure(proxy:stream())
    assert.are.equal(1, #told)
  end)

  it("is told of oneway calls, of large ones, and in batches", function()
    proxy:later()
    assert.is_true(served.soon(function()
      return #told == 1
    end))
    assert.are.equal("later [] {} TypeError: nobody hears", told[1])
    try("fail", ("x"):rep(100000))
    assert.is_true(told[2] == "fail ['" .. ("x"):rep(100000) .. "'] {} ValueError: bad")
    local batch = pyro.batch(proxy)
    batch:fine(1)
    batch:fail(nil, pyro.kwargs { b = 3 })
    batch:fail(4)
    batch()
    assert.are.equal("fail [None] {'b': 3} ValueError: ('bad', 3)", told[3])
    assert.are.equal(3, #told)
  end)

  it("may wait, and fail", function()
    local done
    function daemon.methodcall_error_handler()
      pyro.sleep(0.01)
      done = true
      error "in the handler"
    end
    try "plain"
    assert.is_true(served.soon(function()
      return done
    end))
    assert.are.equal(2, proxy:fine(2))
    daemon.methodcall_error_handler = nil
    try "plain"
  end)
end)
