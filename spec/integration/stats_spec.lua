--- daemon:stats(), and Pyro.Daemon.stats(): what a program has counted.
local certificates = require "spec.support.certificates"
local guarded = require "spec.support.guarded"
local naming = require "pyro.naming"
local pyro = require "pyro"
local raw = require "spec.support.raw"
local served = require "spec.support.served"
local uv = require "luv"

describe("the statistics of a daemon", function()
  local object, proxy, daemon
  local before -- calls that other specs have left

  before_each(function()
    guarded.set_up()
    object = { calls = 0, price = 7 }
    function object:echo(value) return value end -- luacheck: ignore self
    function object:fail(class) error(pyro[class] "no") end -- luacheck: ignore self
    function object:break_down() error "down" end -- luacheck: ignore self
    function object:wait() self.gate:wait() end
    function object:note() self.noted = true end
    function object:items() return ipairs { 1, 2, 3 } end -- luacheck: ignore self
    function object:breaking(times)
      self.calls = self.calls + 1
      if self.calls <= times then
        pyro.current_context.client:close()
      end
    end
    pyro.oneway(object, "note")
    pyro.attributes(object, "price")
    daemon = pyro.Daemon {}
    daemon:register(object, "desk")
    proxy = daemon:proxyFor(object)
    proxy:_pyroBind()
    before = daemon:stats().calls.in_flight
  end)

  after_each(function()
    proxy:_pyroRelease()
    daemon:close()
    guarded.tear_down()
  end)

  local function stats(options)
    return daemon:stats(options)
  end

  local function port()
    return math.tointeger(daemon.locationStr:match ":(%d+)$")
  end

  --- Returns how much a count has grown while a function ran. Sections are "calls.errors".
  local function growth(of, f, ...)
    local function read()
      local value = stats()
      for key in of:gmatch "[^.]+" do
        value = value and value[key]
      end
      return value or 0
    end
    local value = read()
    f(...)
    return read() - value
  end

  it("count calls by method, with their errors and times", function()
    for i = 1, 10 do
      proxy:echo(i)
    end
    served.failure(proxy.fail, proxy, "ValueError")
    served.failure(proxy.fail, proxy, "ValueError")
    served.failure(proxy.break_down, proxy)
    local methods = stats().methods
    local echo = methods["desk.echo"]
    assert.are.equal(10, echo.calls)
    assert.are.equal(0, echo.in_flight)
    assert.is_nil(next(echo.errors))
    assert(0 < echo.p50 and echo.p50 <= echo.p99 and echo.p99 <= echo.p999)
    assert(echo.seconds > 0)
    assert.are.equal(2, methods["desk.fail"].errors.ValueError)
    assert.are.equal(1, methods["desk.break_down"].errors.RuntimeError)
    assert.is_nil(methods["desk.wait"])
  end)

  it("are the same by the wire", function()
    proxy:echo(1)
    local other <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    local theirs = other:stats()
    assert.are.equal(1, theirs.methods["desk.echo"].calls)
    assert.are.equal(1, theirs.methods["Pyro.Daemon.stats"].in_flight)
    assert.is_nil(theirs.calls.buckets)
    local keys = {}
    for key in pairs(stats()) do
      keys[key] = theirs[key] ~= nil
    end
    for key in pairs(theirs) do
      assert.is_true(keys[key], key)
    end
  end)

  it("tell histograms to who wants them", function()
    for i = 1, 5 do
      proxy:echo(i)
    end
    local function count(buckets)
      local sum = 0
      for _, bucket in ipairs(buckets) do
        sum = sum + bucket[2]
      end
      return sum
    end
    assert.are.equal(5, count(stats { buckets = true }.methods["desk.echo"].buckets))
    local other <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    assert.are.equal(5, count(other:stats(true).methods["desk.echo"].buckets))
    assert.are.equal(5, count(other:stats(pyro.kwargs { buckets = true }).methods["desk.echo"].buckets))
    assert.is_nil(other:stats(pyro.kwargs { buckets = false }).methods["desk.echo"].buckets)
  end)

  it("count calls that are under way", function()
    object.gate = pyro.event()
    local waiting = pyro.async(proxy):wait()
    assert.is_true(served.soon(function()
      local method = stats().methods["desk.wait"]
      return method and method.in_flight == 1 and method.calls == 0
    end))
    assert.are.equal(before + 1, stats().calls.in_flight)
    assert(stats().tasks.running >= 1)
    object.gate:set()
    local _ = waiting.value
    assert.are.equal(0, stats().methods["desk.wait"].in_flight)
    assert.are.equal(1, stats().methods["desk.wait"].calls)
  end)

  it("count each entry of a batch", function()
    local function call()
      local batch = pyro.batch(proxy)
      batch:echo(1)
      batch:echo(2)
      batch:fail "KeyError"
      pcall(function()
        for _ in batch() do end
      end)
    end
    assert.are.equal(1, growth("calls.batches", call))
    assert.are.equal(3, growth("calls.calls", call))
    assert.are.equal(4, stats().methods["desk.echo"].calls)
    assert.are.equal(2, stats().methods["desk.fail"].errors.KeyError)
    assert.are.equal(before, stats().calls.in_flight)
  end)

  it("count entries of a batch for an object in C", function()
    local other <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    local batch = pyro.batch(other)
    batch:ping()
    batch:ping()
    batch:get_metadata "nothing"
    pcall(function()
      for _ in batch() do end
    end)
    local methods = stats().methods
    assert.are.equal(2, methods["Pyro.Daemon.ping"].calls)
    assert.are.equal(1, methods["Pyro.Daemon.get_metadata"].errors.DaemonError)
  end)

  it("count oneway calls, attributes and item streams", function()
    assert.are.equal(1, growth("calls.oneway", function()
      proxy:note()
      assert.is_true(served.soon(function()
        return object.noted
      end))
    end))
    assert.are.equal(7, proxy.price)
    proxy.price = 8
    local items, open = 0, stats().streams.open
    for _ in proxy:items() do
      items = items + 1
      assert.are.equal(open + 1, stats().streams.open)
    end
    local now = stats()
    assert.are.equal(1, now.methods["desk.note"].calls)
    assert.are.equal(1, now.methods["desk.__getattr__"].calls)
    assert.are.equal(1, now.methods["desk.__setattr__"].calls)
    assert.are.equal(open, now.streams.open)
    assert.are.equal(items + 1, now.methods["Pyro.Daemon.get_next_stream_item"].calls)
    assert(now.streams.made >= 1)
  end)

  local function call_of(object_id, method)
    return raw.message(raw.INVOKE, raw.call(object_id, method))
  end

  it("have no names that clients make up", function()
    local peer = raw.connect(port())
    local errors = stats().calls.errors
    local function make_up()
      peer:send(raw.hello "desk")
      for i = 1, 3000 do
        peer:send(call_of("desk", "method" .. i) .. call_of("object" .. i, "echo"))
      end
      assert.is_true(served.soon(function()
        uv.run "nowait"
        return (stats().calls.errors.DaemonError or 0) >= (errors.DaemonError or 0) + 3000
      end))
    end
    assert.are.equal(0, growth("methods.other.calls", make_up))
    peer:close()
    uv.run "nowait"
    for name in pairs(stats().methods) do
      assert.is_nil(name:find "method%d" or name:find "object%d", name)
    end
    assert.are.equal((errors.AttributeError or 0) + 3000, stats().calls.errors.AttributeError)
  end)

  it("have a limited number of methods, and forget those of objects that are gone", function()
    local many = setmetatable({ known = object.echo }, { __index = function()
      return object.echo
    end })
    daemon:register(many, "many")
    local peer = raw.connect(port())
    peer:send(raw.hello "many")
    for i = 1, 1100 do
      peer:send(call_of("many", "method" .. i))
    end
    assert.is_true(served.soon(function()
      uv.run "nowait"
      local others = stats().methods.other
      return others and others.calls >= 100
    end))
    local count = 0
    for _ in pairs(stats().methods) do
      count = count + 1
    end
    assert(count <= 1001)
    local calls = stats().calls.calls
    daemon:unregister(many)
    assert.are.equal(calls, stats().calls.calls)
    assert.is_nil(stats().methods["many.method1"])
    proxy:echo(1)
    assert.are.equal(1, stats().methods["desk.echo"].calls)
    peer:close()
    uv.run "nowait"
  end)

  it("forget the methods of an object that is served as it goes", function()
    object.gate = pyro.event()
    local waiting = pyro.async(proxy):wait()
    assert.is_true(served.soon(function()
      return stats().methods["desk.wait"]
    end))
    daemon:unregister(object)
    assert.is_nil(stats().methods["desk.wait"])
    assert.are.equal(before + 1, stats().calls.in_flight)
    object.gate:set()
    local _ = waiting.value
    assert.are.equal(before, stats().calls.in_flight)
  end)

  it("are of one daemon's objects", function()
    local other <close> = pyro.Daemon {}
    proxy:echo(1)
    assert.is_nil(other:stats().methods["desk.echo"])
    assert.are.equal(stats().calls.calls, other:stats().calls.calls)
  end)

  it("count connections, handshakes and bytes", function()
    local function connect()
      local other = daemon:proxyFor(object)
      other:_pyroBind()
      other:_pyroRelease()
    end
    assert.are.equal(1, growth("connections.accepted", connect))
    assert.are.equal(1, growth("handshakes.completed", connect))
    assert.are.equal(1, growth("proxies.connections", connect))
    assert(growth("bytes.received", proxy.echo, proxy, ("x"):rep(10000)) > 20000)
    assert(growth("bytes.sent", proxy.echo, proxy, ("x"):rep(10000)) > 20000)
    assert(stats().connections.open >= 1)
  end)

  --- Returns whether the reason is counted once a stranger has sent that.
  local function is_refused(reason, ...)
    local count = stats().connections.refused[reason]
    local peer = raw.connect(port())
    for _, bytes in ipairs { ... } do
      peer:send(bytes)
    end
    local counted = served.soon(function()
      uv.run "nowait"
      return stats().connections.refused[reason] == count + 1
    end)
    peer:close()
    uv.run "nowait"
    return counted
  end

  describe("count refused connections:", function()
    it("strangers", function()
      assert.are.equal(1, growth("handshakes.failed", function()
        assert.is_true(is_refused("handshake", "GET / HTTP/1.1\r\n\r\n" .. ("x"):rep(100)))
      end))
    end)

    it("messages that are none", function()
      assert.is_true(is_refused("message", raw.hello "desk", ("x"):rep(100)))
    end)

    it("silence", function()
      pyro.config.HANDSHAKE_TIMEOUT = 0.05
      assert.is_true(is_refused "silence")
    end)

    it("too many", function()
      pyro.config.MAX_CONNECTIONS = 1
      assert.is_true(is_refused "full")
    end)
  end)

  it("count what proxies do", function()
    assert.are.equal(2, growth("proxies.calls", function()
      proxy:echo(1)
      proxy:note()
    end))
    assert.are.equal(1, growth("proxies.raised", function()
      served.failure(proxy.fail, proxy, "ValueError")
    end))
    proxy._pyroMaxRetries = 3
    local lost = growth("proxies.lost.ConnectionClosedError", function()
      assert.are.equal(2, growth("proxies.retries", proxy.breaking, proxy, 2))
    end)
    assert.are.equal(2, lost)
  end)

  it("count tasks, steps of the loop, and how long it was busy", function()
    assert.are.equal(1, growth("tasks.started", function()
      pyro.spawn(function() end)
      pyro.sleep(0)
    end))
    assert(growth("loop.steps", pyro.sleep, 0.01) > 0)
    local until_then = pyro.time() + 0.05
    while pyro.time() < until_then do end
    pyro.sleep(0.001)
    local lag = stats().loop.lag
    assert(lag.max >= 0.04)
    assert(lag.p50 <= lag.p999)
    assert(lag.seconds >= 0.04)
  end)

  it("tell memory and time", function()
    local now = stats()
    assert(now.memory.resident > 1e6 and now.memory.resident < 1e11)
    assert.is_true(math.abs(now.memory.lua - collectgarbage "count" * 1024) < 1e6)
    pyro.sleep(0.02)
    assert(stats().uptime > now.uptime)
  end)

  it("count TLS handshakes", function()
    local secure <close> = pyro.Daemon { ssl = {
      servercert = certificates.path "server.pem", serverkey = certificates.path "server.key",
    } }
    secure:register(object, "desk", true)
    local uri = secure:uriFor "desk"
    local function connect(options)
      local other <close> = pyro.Proxy(uri, { ssl = options })
      return pcall(other._pyroBind, other)
    end
    assert.are.equal(2, growth("tls.completed", connect, { cacerts = certificates.path "ca.pem" }))
    assert(growth("tls.resumed", connect, { cacerts = certificates.path "ca.pem" }) >= 1)
    assert(growth("tls.failed", connect, {}) >= 1)
    certificates.remove()
  end)

  it("count names, leases and what their storage did", function()
    local first = stats()
    local server <close> = naming.startNS { host = "127.0.0.1", port = 0 }
    local ns <close> = pyro.locateNS("127.0.0.1", server:uriFor("Pyro.NameServer").port)
    local owner = ("0a"):rep(16)
    --- Returns by how much a count is more than it was.
    local function more(section, key)
      return stats()[section][key] - first[section][key]
    end
    assert.are.equal(1, more("names", "registered")) -- its own
    ns:register("plain", "PYRO:object@localhost:1")
    ns:publish("kept", "PYRO:object@localhost:1", owner, 60)
    ns:publish("left", "PYRO:object@localhost:1", ("0b"):rep(16), 1)
    ns:renew(owner)
    assert.are.equal(4, more("names", "registered"))
    assert.are.same({ 2, 1, 0 }, { more("leases", "held"), more("leases", "renewed"), more("leases", "ended") })
    assert.are.same({ 3, 0, 0 }, { more("storage", "changes"), more("storage", "failed"), more("storage", "pending") })
    assert.is_true(served.soon(function()
      return more("leases", "ended") == 1
    end))
    ns:remove "plain"
    assert.are.equal(2, more("names", "registered"))
    assert.are.equal(1, server:stats().methods["Pyro.NameServer.renew"].calls)
  end)

  it("count names that could not be stored", function()
    pyro.config.NS_MAX_MEMORY = 2000
    local server <close> = naming.startNS { host = "127.0.0.1", port = 0 }
    local ns <close> = pyro.locateNS("127.0.0.1", server:uriFor("Pyro.NameServer").port)
    assert.are.equal(1, growth("storage.failed", served.failure, function()
      for i = 1, 100 do
        ns:register("name" .. i, "PYRO:object@localhost:1")
      end
    end))
  end)

  describe("of a guarded daemon", function()
    local rules = os.tmpname()

    --- Serves the object by these rules, or by a function that decides.
    local function guard(text, authorize)
      local file <close> = assert(io.open(rules, "w"))
      file:write(text)
      file:close()
      local other = pyro.Daemon { allow = authorize == nil and rules or nil }
      other.authorize = authorize
      other:register(object, "desk", true)
      local caller <close> = other:proxyFor "desk"
      caller:echo(1)
      return other
    end

    local function ask(other)
      return pyro.Proxy("PYRO:Pyro.Daemon@" .. other.locationStr)
    end

    teardown(function()
      os.remove(rules)
    end)

    local function is_limited(told)
      assert(told.calls.calls > 0 and told.connections.accepted > 0)
      return next(told.methods) == nil
    end

    it("tell names only to those who may ask for them", function()
      local other <close> = guard "allow desk\nallow Pyro.Daemon stats"
      local teller <close> = ask(other)
      assert.are.equal(1, teller:stats().methods["desk.echo"].calls)
      assert.is_false(is_limited(other:stats()))
    end)

    it("tell the totals to all who may connect", function()
      local other <close> = guard "allow desk"
      local teller <close> = ask(other)
      assert.are.equal(0, growth("calls.refused", function()
        assert.is_true(is_limited(teller:stats()))
        assert.is_true(is_limited(teller:stats(true)))
        local batch = pyro.batch(teller)
        batch:stats()
        batch:stats(true)
        for told in batch() do
          assert.is_true(is_limited(told))
        end
      end))
      assert.are.equal(1, growth("calls.refused", function()
        guarded.refused("not allowed to call Pyro.Daemon.info", teller.info, teller)
      end))
      assert.is_false(is_limited(other:stats()))
      assert.are.equal(0, guarded.logged "Pyro.Daemon.stats")
    end)

    it("tell the totals to those whom authorize() refuses", function()
      local asked = 0
      local other <close> = guard("", function(_, _, id, method)
        asked = asked + (method == "stats" and 1 or 0)
        return id == "desk" or method == "get_metadata"
      end)
      local teller <close> = ask(other)
      assert.is_true(is_limited(teller:stats()))
      local batch = pyro.batch(teller)
      batch:stats()
      for told in batch() do
        assert.is_true(is_limited(told))
      end
      assert.are.equal(2, asked)
      guarded.refused("not allowed to call Pyro.Daemon.info", teller.info, teller)
    end)

    it("tell all to those whom authorize() allows that", function()
      local other <close> = guard("", function()
        return true
      end)
      local teller <close> = ask(other)
      assert.are.equal(1, teller:stats().methods["desk.echo"].calls)
    end)
  end)

  it("take options that they know", function()
    assert.matches("unknown option 'bucket'", served.failure(daemon.stats, daemon, { bucket = true }))
    assert.matches("option 'buckets' must be boolean or nil, got string",
      served.failure(daemon.stats, daemon, { buckets = "yes" }))
  end)
end)
