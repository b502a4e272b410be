--- Names with leases, in real time. What happens when is tested by a fake clock, in
--- spec/unit/naming_leases_test.c.
local naming = require "pyro.naming"
local pyro = require "pyro"
local served = require "spec.support.served"

local URI = "PYRO:object@localhost:1"
local OWNER, OTHER = ("0a"):rep(16), ("0b"):rep(16)

describe("names with leases", function()
  local server, ns

  before_each(function()
    server = naming.startNS { host = "127.0.0.1", port = 0 }
    ns = pyro.locateNS("127.0.0.1", server:uriFor("Pyro.NameServer").port)
  end)

  after_each(function()
    ns:_pyroRelease()
    server:close()
  end)

  local function is_there(name)
    return (pcall(ns.lookup, ns, name))
  end

  it("go unless they are renewed", function()
    ns:publish("kept", URI, OWNER, 1)
    ns:publish("left", URI, OTHER, 1, { metadata = { "tag" } })
    ns:register("plain", URI)
    assert.are.same({ URI, { "tag" } }, { tostring(ns:lookup "left"),
      table.move(ns:lookup("left", { return_metadata = true })[2], 1, 1, 1, {}) })
    local renewed = 0
    assert.is_true(served.soon(function()
      renewed = renewed + ns:renew(OWNER)
      return not is_there "left"
    end))
    assert.is_true(is_there "kept" and is_there "plain")
    assert(renewed > 10)
    assert.are.equal(0, ns:renew(OTHER))
    assert.is_true(served.soon(function()
      return not is_there "kept"
    end))
    assert.is_true(is_there "plain")
  end)

  it("are listed with owner, age and what is left", function()
    ns:publish("a.kept", URI, OWNER, 60)
    ns:register("b.plain", URI)
    local leases = ns:leases()
    local owner, age, left = table.unpack(leases["a.kept"], 1, 3)
    assert.are.equal(OWNER, owner)
    assert(age >= 0 and age < 20 and left > 40 and left <= 60)
    owner, age, left = table.unpack(leases["b.plain"], 1, 3)
    assert(owner == pyro.null and left == pyro.null and age < 20)
    assert.is_nil(ns:leases("a.")["b.plain"])
    assert.truthy(ns:leases("a.")["a.kept"])
  end)

  it("have one owner, until anybody registers them", function()
    ns:publish("name", URI, OWNER, 60)
    local err = served.failure(ns.publish, ns, "name", URI, OTHER, 60, { safe = true })
    assert.are.equal("NamingError: name already registered: name", tostring(err))
    ns:publish("name", URI, OWNER, 60, { safe = true })
    assert.are.equal(0, ns:withdraw("name", OTHER))
    ns:register("name", URI)
    assert.are.equal(0, ns:renew(OWNER))
    assert.are.equal(0, ns:withdraw("name", OWNER))
    assert.is_true(is_there "name")
    ns:publish("name", URI, OTHER, 60)
    assert.are.equal(1, ns:withdraw("name", OTHER))
    assert.is_false(is_there "name")
  end)

  it("are shown in the metadata", function()
    for _, method in ipairs { "publish", "renew", "withdraw", "leases" } do
      assert.is_function(ns.proxy[method])
    end
  end)
end)
