--- bind: JSON, and calls whose results are JSON.
local core = require "pyro.core"
local pyro = require "pyro"
local served = require "spec.support.served"

local failure = served.failure

describe("JSON", function()
  after_each(served.close)

  it("is parsed, with types that it has not", function()
    assert.are.same({ a = { 1, 2.5, "x", true, pyro.null }, b = {} }, core.parse_json
      '{"a": [1, 2.5, "x", true, null], "b": []}')
    assert.equal("integer", math.type(core.parse_json "[1]"[1]))
    local values = core.parse_json '[{"$bytes": "dGV4dA=="}, {"$tuple": [1]}, {"$date": "2020-01-02"}]'
    assert.equal("[b'text', (1,), datetime.date(2020, 1, 2)]", pyro.repr(values))
    assert.equal("1", pyro.repr(core.parse_json "1"))
    assert.equal("{'$bytes': 'AA=='}", pyro.repr(core.parse_json '{"$bytes": "AA=="}'))
  end)

  it("that is wrong is refused", function()
    for text, message in pairs {
      [""] = "json data cut short",
      ["[1"] = "json data cut short",
      ["[1] 2"] = "malformed json at byte 5",
      ['[{"$set": 1}]'] = "$set takes a list",
    } do
      local err = failure(core.parse_json, text)
      assert.equal("SerializeError", err.class)
      assert.matches(message, err.message, 1, true)
    end
    assert.matches("string expected", failure(core.parse_json))
  end)

  it("is written in the names of either generation", function()
    local err = pyro.NamingError "x"
    assert.matches('"Pyro5.errors.NamingError"', core.format_json(err), 1, true)
    assert.matches('"Pyro5.errors.NamingError"', core.format_json(err, 502), 1, true)
    assert.matches('"Pyro4.errors.NamingError"', core.format_json(err, 48), 1, true)
    assert.matches("no version of the protocol", failure(core.format_json, err, 49))
  end)

  it("has no more values than there may be", function()
    local most = pyro.config.MAX_VALUE_MEMORY
    pyro.config.MAX_VALUE_MEMORY = 100000
    local text = "[" .. ("[],"):rep(10000) .. "[]]"
    local err = failure(core.parse_json, text)
    pyro.config.MAX_VALUE_MEMORY = most
    assert.matches("MAX_VALUE_MEMORY", err.message)
    assert.equal(10001, #core.parse_json(text))
  end)

  it("can be the result of a call", function()
    local proxy = served.open {
      value = function(_, value) return value end,
      fail = function() error(pyro.ValueError("no", 3)) end,
      items = function()
        return coroutine.wrap(function()
          coroutine.yield(pyro.tuple { 1 })
        end)
      end,
    }
    local value = pyro.tuple { 1, pyro.set { 2 } }
    assert.are.same({ "value", "[1, [2]]" }, { core.invoke_json(proxy, nil, "value", false, value) })
    assert.are.same({ "value", '{"$tuple": [1, {"$set": [2]}]}' },
      { core.invoke_json(proxy, nil, "value", true, value) })
    assert.are.same({ "value", "null" }, { core.invoke_json(proxy, nil, "value", true) })
    for _, kept in ipairs { true, false } do
      local kind, text, class = core.invoke_json(proxy, nil, "fail", kept)
      assert.equal("raised", kind)
      assert.matches('^{"__class__": "builtins.ValueError", "__exception__": true, "args": %["no", 3%], ', text)
      assert.equal("ValueError", class)
    end
    local kind, id = core.invoke_json(proxy, nil, "items", true)
    assert.equal("stream", kind)
    local function fetch()
      return core.invoke_json(proxy, "Pyro.Daemon", "get_next_stream_item", true, id)
    end
    assert.are.same({ "value", '{"$tuple": [1]}' }, { fetch() })
    assert.equal("StopIteration", select(3, fetch()))
  end)

  it("that cannot say a result is an error, and the connection is kept", function()
    local proxy = served.open { value = function() return pyro.dict { [pyro.tuple { 1 }] = 2 } end }
    assert.are.same({ "value", '{"$dict": [[{"$tuple": [1]}, 2]]}' },
      { core.invoke_json(proxy, nil, "value", true) })
    local err = failure(core.invoke_json, proxy, nil, "value", false)
    assert.equal("SerializeError", err.class)
    assert.is_true(proxy._pyroConnection)
  end)

  it("is for proxies", function()
    local proxy = served.open {}
    assert.matches("pyro.Proxy expected", failure(core.invoke_json, 1))
    assert.matches("boolean expected", failure(core.invoke_json, proxy, nil, "x", nil))
  end)
end)

describe("the members of an object", function()
  after_each(served.close)

  it("are told", function()
    local object = { one = function() end, two = function() end }
    local proxy = served.open(pyro.attributes(pyro.oneway(object, "two"), "three"))
    assert.is_nil(core.member(proxy, "one"))
    proxy:_pyroBind()
    assert.equal("method", core.member(proxy, "one"))
    assert.equal("oneway", core.member(proxy, "two"))
    assert.equal("attribute", core.member(proxy, "three"))
    assert.is_nil(core.member(proxy, "_pyroRelease"))
    assert.is_nil(core.member(proxy, "__len__"))
  end)
end)

describe("a regular expression", function()
  it("matches what begins so", function()
    local regex = core.new_regex "http\\.|x"
    assert.is_true(regex "http.shop")
    assert.is_true(regex "xyz")
    assert.is_false(regex "shop.http.")
    assert.matches("string expected", failure(regex))
  end)

  it("that is wrong, or takes too long, is refused", function()
    assert.equal("NamingError", failure(core.new_regex, "(").class)
    local err = failure(core.new_regex "(a+)+$", ("a"):rep(40) .. "b")
    assert.matches("too complex", err.message)
  end)
end)

describe("a secret", function()
  it("is the same, or not", function()
    assert.is_true(core.same_secret("", ""))
    assert.is_true(core.same_secret("sesame\0", "sesame\0"))
    for _, other in ipairs { "", "sesam", "sesame1", "sesamf" } do
      assert.is_false(core.same_secret("sesame", other))
    end
  end)
end)

describe("a new correlation id", function()
  it("is a UUID that no other is", function()
    local one, two = core.new_correlation_id(), core.new_correlation_id()
    assert.matches("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$", one)
    assert.are_not.equal(one, two)
  end)
end)
