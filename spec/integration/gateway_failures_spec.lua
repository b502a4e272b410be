--- The recent errors of the HTTP gateway.
local core = require "pyro.core"
local new_failures = require "pyro.tool.gateway.failures"

local function all()
  return true
end

describe("The gateway's recent errors", function()
  local failures

  before_each(function()
    failures = new_failures()
  end)

  --- Returns the entries after a number, as tables.
  local function since(number)
    return core.parse_json(failures:since(number, all))
  end

  local function meet(object, method, class, exception)
    failures:met(object, method, class, exception or "{}", false)
  end

  it("are one entry for each method and class, with a count and the last error", function()
    meet("a", "m", "ValueError", '"first"')
    meet("a", "m", "KeyError")
    meet("a", "m", "ValueError", '"second"')
    failures:counted("a", "m", "ValueError", 3)
    local list = since(0)
    assert.equal(2, #list)
    assert.equal("KeyError", list[1].class)
    assert.same({ "ValueError", 5, '"second"', 4 },
      { list[2].class, list[2].count, list[2].exception, list[2].number })
    assert.equal(1, #since(2))
    assert.equal(0, #since(4))
  end)

  it("keep no long exceptions, and no long names of classes", function()
    meet("a", "m", "ValueError", '"short"')
    meet("a", "m", "ValueError", ('"%s"'):format(("x"):rep(10000)))
    meet("a", "m", ("é"):rep(5000))
    local list = since(0)
    assert.same({ 10002 }, { list[1].left_out, list[1].exception })
    assert.equal(("é"):rep(127), list[2].class)
    meet("a", "m", "ValueError", '"short"')
    assert.same({ nil, '"short"' }, { since(3)[1].left_out, since(3)[1].exception })
  end)

  it("are at most 100, and 20 of an object", function()
    for i = 1, 50 do
      meet("usual" .. i, "m", "ValueError")
    end
    for i = 1, 1000 do
      meet("hostile", "m" .. i, "ValueError")
    end
    local list = since(0)
    assert.equal(70, #list)
    assert.equal("usual1", list[1].object)
    assert.equal("m1000", list[70].method)
    for i = 1, 1000 do
      meet("other" .. i, "m", "ValueError")
    end
    assert.equal(100, #since(0))
  end)

  it("are counted as far as JavaScript can", function()
    for _ = 1, 3 do
      failures:counted("a", "m", "ValueError", 1 << 53)
    end
    assert.equal(1 << 53, since(0)[1].count)
  end)
end)
