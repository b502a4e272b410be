--- The rates that `pyrolua top` shows: what was counted between two samples of real statistics.
local pyro = require "pyro"
local rates = require "pyro.tool.top.rates"
local served = require "spec.support.served"

describe("the rates of a server", function()
  local object, proxy, daemon

  before_each(function()
    pyro.config.LOGLEVEL = "CRITICAL"
    object = {}
    function object:echo(value) return value end -- luacheck: ignore self
    function object:fail() error(pyro.ValueError "no") end -- luacheck: ignore self
    function object:wait() pyro.sleep(0.2) end -- luacheck: ignore self
    function object:stay() self.gate:wait() end
    daemon = pyro.Daemon {}
    daemon:register(object, "desk")
    proxy = daemon:proxyFor(object)
  end)

  after_each(function()
    proxy:_pyroRelease()
    daemon:close()
    pyro.config.reset()
  end)

  --- Returns a sample of the daemon, but with these fields in its statistics.
  local function sample(uptime, at, change)
    local counted = daemon:stats { buckets = true }
    counted.uptime = uptime
    for name, value in pairs(change or {}) do
      counted[name] = value
    end
    return rates.read(counted, at or uptime)
  end

  local function echo(times)
    for i = 1, times do
      proxy:echo(i)
    end
  end

  it("are those since its start, at first, with the times that it tells", function()
    echo(100)
    proxy:wait()
    local told = daemon:stats().methods
    local _, methods = rates.between(sample(10))
    assert.are.equal(10, methods["desk.echo"].calls)
    for _, name in ipairs { "desk.echo", "desk.wait" } do
      assert.near(told[name].p50, methods[name].p50, told[name].p50 * 1e-6)
      assert.near(told[name].p99, methods[name].p99, told[name].p99 * 1e-6)
    end
  end)

  it("are later those between two samples", function()
    echo(50)
    proxy:wait()
    local before = sample(10)
    echo(20)
    for _ = 1, 6 do
      served.failure(proxy.fail, proxy)
    end
    local total, methods = rates.between(sample(12), before)
    assert.are.equal(13, total.calls)
    assert.are.equal(3, total.errors)
    assert.is_true(total.p99 < 0.2)
    assert.are.equal(10, methods["desk.echo"].calls)
    assert.are.equal(3, methods["desk.fail"].errors)
    assert.are.equal(0, methods["desk.wait"].calls)
    assert.is_nil(methods["desk.wait"].p99)
    before = sample(12)
    proxy:wait()
    local _, later = rates.between(sample(13), before)
    assert.is_true(later["desk.wait"].p50 >= 0.19)
    assert.is_nil(later["desk.echo"].p50)
  end)

  it("count what is in flight", function()
    object.gate = pyro.event()
    local before = rates.between(sample(1)).in_flight -- of other specs
    local task = pyro.spawn(proxy.stay, proxy)
    pyro.sleep(0.1)
    local total, methods = rates.between(sample(1))
    assert.are.equal(before + 1, total.in_flight)
    assert.are.equal(1, methods["desk.stay"].in_flight)
    object.gate:set()
    pyro.join(task)
  end)

  it("are without the calls that asked for statistics", function()
    local asked = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    local before = rates.read(asked:stats(true), 1)
    before.uptime = 1
    for _ = 1, 5 do
      asked:stats(true)
    end
    local now = rates.read(asked:stats(true), 2)
    now.uptime = 2
    local total, methods = rates.between(now, before)
    assert.are.equal(0, total.calls)
    assert.are.equal(rates.between(before).in_flight, total.in_flight)
    assert.is_nil(methods["Pyro.Daemon.stats"])
    asked:_pyroRelease()
  end)

  it("begin anew when the server was started again, or an object was registered again", function()
    echo(30)
    local before = sample(100)
    local function echoes(now)
      return select(2, rates.between(now, before))["desk.echo"].calls
    end
    assert.are.equal(0, echoes(sample(120)))
    assert.are.equal(30 / 3, echoes(sample(3, 110))) -- less time since the start
    assert.are.equal(30 / 120, echoes(sample(120, 300))) -- started after the last answer
    daemon:unregister(object)
    daemon:register(object, "desk")
    echo(4)
    assert.are.equal(2, echoes(sample(102)))
  end)

  it("are not made of malformed statistics", function()
    local function call(change)
      local tally = { calls = 1, errors = { X = 1 }, in_flight = 0, buckets = { { 1e-6, 1 } } }
      for name, value in pairs(change) do
        tally[name] = value
      end
      return tally
    end
    local many, classes, buckets = {}, {}, {}
    for i = 1, 2001 do
      many["desk." .. i] = call {}
      classes["Error" .. i] = i <= 101 and 1 or nil
      buckets[i] = i <= 201 and { i, 1 } or nil
    end
    for _, change in ipairs {
      { calls = 5 }, { calls = call { calls = "1" } }, { calls = call { calls = -1 } },
      { calls = call { calls = 1.5 } },
      { calls = call { errors = 5 } }, { calls = call { errors = { X = -1 } } }, { calls = call { errors = { 1 } } },
      { calls = call { in_flight = pyro.null } }, { calls = call { buckets = 5 } },
      { calls = call { buckets = { 5 } } }, { calls = call { buckets = { { 0 / 0, 1 } } } },
      { calls = call { buckets = { { -1, 1 } } } }, { calls = call { buckets = { { math.huge, 1 } } } },
      { calls = call { calls = (1 << 53) + 1 } }, { calls = call { errors = classes } },
      { calls = call { errors = { ["\xff"] = 1 } } }, { calls = call { errors = { [("E"):rep(5000)] = 1 } } },
      { calls = call { buckets = buckets } }, { calls = call { buckets = { { 1e300, 1 } } } },
      { calls = call { buckets = { { 1, -1 } } } }, { calls = call { buckets = { { 1 } } } },
      { methods = 5 }, { methods = { 5 } }, { methods = { x = 5 } }, { methods = many },
      { uptime = 0 }, { uptime = "1" }, { uptime = 1 / 0 }, { memory = 5 }, { memory = { resident = 1.5 } },
    } do
      local failed = served.failure(sample, 1, 1, change)
      assert.matches("ProtocolError: malformed statistics", tostring(failed))
    end
    sample(1, 1, { calls = call {}, methods = { x = call { buckets = { { 1e9, 5 }, { 1e-300, 1 }, { 0, 1 } } } } })
  end)
end)
