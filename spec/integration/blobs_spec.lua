--- bind: arguments that stay serialized on their way.
local pyro = require "pyro"
local served = require "spec.support.served"

local failure = served.failure

describe("a serialized blob", function()
  local proxy, seen

  before_each(function()
    seen = nil
    local final = served.open {
      take = function(_, ...)
        seen = table.pack(...)
        return seen[1]:deserialized()
      end,
    }
    proxy = served.open {
      pass = function(_, blob)
        final:_pyroRelease()
        final._pyroProtocol = math.tointeger(blob.info)
        return final:take(blob)
      end,
      describe = function(_, blob)
        return { pyro.repr(blob.info), #blob:deserialized() }
      end,
    }
  end)

  after_each(served.close)

  it("has an info, and data", function()
    local blob = pyro.SerializedBlob("info", { 1, 2 })
    assert.are.equal("info", blob.info)
    assert.are.same({ 1, 2 }, blob:deserialized())
    assert.is_nil(blob.nothing)
  end)

  for _, protocol in ipairs { 48, 502 } do
    for _, serializer in ipairs { "serpent", "json", "marshal", "msgpack", protocol == 48 and "pickle" or nil } do
      it(("travels by protocol %d in %s, and on from there"):format(protocol, serializer), function()
        proxy._pyroProtocol, proxy._pyroSerializer = protocol, serializer
        local data = { "text", { 1, 2.5 }, pyro.null, { key = true } }
        assert.are.same({ "{'a': 1}", 4 }, proxy:describe(pyro.SerializedBlob({ a = 1 }, data)))
        local back = proxy:pass(pyro.SerializedBlob("label", data))
        assert.are.equal("['text', [1, 2.5], None, {'key': True}]", pyro.repr(back))
        assert.are.equal(1, seen.n)
        assert.are.equal("label", seen[1].info)
      end)
    end
  end

  it("may hold anything but a list", function()
    local Point = {}
    pyro.registerClass("blobs.Point", Point, function(point)
      return { x = point.x }
    end, function(fields)
      return setmetatable({ x = fields.x }, Point)
    end)
    local back = proxy:pass(pyro.SerializedBlob("a dict", { key = "value" }))
    assert.are.equal("value", back.key)
    assert.are.equal("text", proxy:pass(pyro.SerializedBlob("a text", "text")))
    back = proxy:pass(pyro.SerializedBlob("an object", setmetatable({ x = 5 }, Point)))
    pyro.unregisterClass "blobs.Point"
    assert.are.equal(5, back.x)
    assert.are.equal(Point, getmetatable(back))
  end)

  it("is passed on from one protocol to the other", function()
    for _, protocols in ipairs { { 48, 502 }, { 502, 48 } } do
      proxy:_pyroRelease()
      proxy._pyroProtocol = protocols[1]
      assert.are.same({ 5 }, proxy:pass(pyro.SerializedBlob(protocols[2], { 5 })))
      assert.are.equal(protocols[2], seen[1].info)
    end
  end)

  it("is the only argument", function()
    local blob = pyro.SerializedBlob("info", {})
    local text = "if SerializedBlob is used, it must be the only argument"
    assert.are.equal(text, failure(proxy.describe, proxy, blob, 1).message)
    assert.are.equal(text, failure(proxy.describe, proxy, 1, blob).message)
    assert.are.equal(text, failure(proxy.describe, proxy, blob, pyro.kwargs { a = 1 }).message)
    assert.matches("argument 1%[1%]: a userdata cannot travel", failure(proxy.describe, proxy, { blob }).message)
  end)

  it("says what of it cannot travel", function()
    assert.matches("argument 1%[1%]: a function cannot travel",
      failure(proxy.describe, proxy, pyro.SerializedBlob("info", { print })).message)
    assert.matches("argument 1: a function cannot travel",
      failure(proxy.describe, proxy, pyro.SerializedBlob(print, {})).message)
    assert.are.same({ "'fine'", 0 }, proxy:describe(pyro.SerializedBlob("fine", {})))
  end)
end)
