--- bind: daemons, proxies, URIs, settings.
local core = require "pyro.core"
local pyro = require "pyro"
local served = require "spec.support.served"

describe("a daemon", function()
  local daemon

  before_each(function()
    daemon = pyro.Daemon {}
  end)

  after_each(function()
    daemon:close()
  end)

  it("listens on localhost, at a port of its own #r24", function()
    assert.matches("^localhost:%d+$", daemon.locationStr)
  end)

  it("gives ids #r2", function()
    assert.matches("^obj_" .. ("%x"):rep(32) .. "$", daemon:register({}).object)
    assert.are.equal("PYRO:some.id@" .. daemon.locationStr, tostring(daemon:register({}, "some.id")))
  end)

  it("registers an object once, an id once #r23", function()
    local object = {}
    daemon:register(object, "one")
    local other = pyro.Daemon {}
    assert.are.equal("DaemonError", served.failure(daemon.register, daemon, object, "two").class)
    assert.are.equal("DaemonError", served.failure(other.register, other, object).class)
    assert.are.equal("DaemonError", served.failure(daemon.register, daemon, {}, "one").class)
    other:close()
    daemon:unregister(object)
    assert.are.equal("one", daemon:register(object, "one").object)
  end)

  it("refuses what is no object and what is no id #r2 #r23", function()
    for _, bad in ipairs { 1, "text", print } do
      assert.error_matches(function()
        daemon:register(bad)
      end, "table %(an object or class%) expected, got ")
    end
    for _, bad in ipairs { "with space", "with@at" } do
      assert.error_matches(function()
        daemon:register({}, bad)
      end, "an object id is UTF%-8, not empty, without spaces or '@'")
    end
  end)

  it("knows its objects #r23", function()
    local object = {}
    local uri = daemon:register(object, "known")
    assert.are.equal(object, daemon:objectsById().known)
    assert.are.equal(uri, daemon:uriFor(object))
    assert.are.equal(uri, daemon:uriFor "known")
    assert.are.equal(uri, daemon:proxyFor(object)._pyroUri)
    assert.are.equal("DaemonError", served.failure(daemon.proxyFor, daemon, {}).class)
    daemon:unregister "known"
    assert.is_nil(daemon:objectsById().known)
  end)

  it("lives on where no variable holds it, until it is closed", function()
    local weak = setmetatable({}, { __mode = "v" })
    local function start(options)
      weak.daemon = pyro.Daemon(options)
      return weak.daemon:register({ answer = function()
        return 42
      end }, "served")
    end
    local function collect()
      collectgarbage()
      collectgarbage()
      return weak.daemon
    end
    local uri = start {}
    assert.truthy(collect())
    local proxy <close> = pyro.Proxy(uri)
    assert.are.equal(42, proxy:answer())
    weak.daemon:close()
    assert.is_nil(collect())

    local there, here = pyro.socketpair() -- without which nothing more comes
    start { connected_socket = here }
    local paired = pyro.Proxy("served", { connected_socket = there, protocol = 48 })
    assert.truthy(collect())
    assert.are.equal(42, paired:answer())
    paired:_pyroRelease()
    assert.is_true(served.soon(function()
      return not collect()
    end))
  end)

  it("may lose objects to finalizers while they are listed", function()
    local this = daemon -- some finalizers run when the next test has another one
    for _ = 1, 20 do
      for i = 1, 100 do
        daemon:register({}, "o" .. i)
      end
      for _ = 1, 50 do
        setmetatable({}, { __gc = function()
          for id in pairs(this.closed and {} or this:objectsById()) do
            if id ~= "Pyro.Daemon" then
              this:unregister(id)
            end
          end
        end })
      end
      local objects
      repeat
        objects = daemon:objectsById()
      until next(objects, next(objects)) == nil -- only Pyro.Daemon is left
    end
  end)

  it("answers as Pyro.Daemon", function()
    daemon:register({ method = print }, "an.id")
    local proxy = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    local ids = proxy:registered()
    table.sort(ids)
    assert.are.same({ "Pyro.Daemon", "an.id" }, ids)
    assert.is_nil(proxy:ping())
    assert.matches("bound on " .. daemon.locationStr, proxy:info())
    assert.are.equal("{'method'}", pyro.repr(proxy:get_metadata("an.id").methods))
    assert.are.equal("['method']", pyro.repr(proxy:get_metadata("an.id", true).methods), "as lists")
    assert.error_matches(function()
      proxy:get_metadata "another"
    end, "unknown object")
    proxy:_pyroRelease()
  end)

  it("answers batches as Pyro.Daemon, and may be closed amidst one", function()
    local function batch_of(calls, one)
      local batch = pyro.batch(pyro.Proxy("PYRO:Pyro.Daemon@" .. one.locationStr))
      for _ = 1, calls do
        batch:ping()
      end
      return batch { asynchronous = true }
    end
    local count = 0
    for result in batch_of(1000, daemon).value do
      assert.are.equal(pyro.null, result)
      count = count + 1
    end
    assert.are.equal(1000, count)
    local batch = pyro.batch(pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr))
    batch:get_next_stream_item "none"
    assert.are.equal("get_next_stream_item() is not for batches", served.failure(batch()).message)
    for pauses = 1, 6 do
      local other = pyro.Daemon {}
      local future = batch_of(200000, other)
      for _ = 1, pauses do
        pyro.sleep(0)
      end
      other:close()
      local err = served.failure(function()
        return future.value
      end)
      assert.matches("^Co[nm]%a+Error$", err.class) -- amidst the call, or before it was connected
    end
  end)

  it("may be shut down from within a call, which is still answered #r25", function()
    local uri = daemon:register { stop = function()
      daemon:shutdown()
      return "stopping"
    end }
    local answer
    pyro.spawn(function()
      answer = pyro.Proxy(uri):stop()
    end)
    daemon:requestLoop()
    assert.is_true(served.soon(function()
      return answer
    end))
    assert.are.equal("stopping", answer)
    assert.is_true(daemon.closed)
  end)

  it("may be shut down with calls in flight, whose callers are told #r25", function()
    local begun
    local uri = daemon:register { wait = function()
      begun = true
      pyro.sleep(60)
    end }
    local failure
    pyro.spawn(function()
      failure = served.failure(function()
        pyro.Proxy(uri):wait()
      end)
    end)
    pyro.spawn(function()
      served.soon(function()
        return begun
      end)
      daemon:shutdown()
    end)
    daemon:requestLoop()
    assert.is_true(served.soon(function()
      return failure
    end))
    assert.are.equal("ConnectionClosedError", failure.class)
  end)

  it("serves a connected socket, as long as that lasts #r36", function()
    local ours, theirs = pyro.socketpair()
    local object = { double = function(_, x)
      return 2 * x
    end }
    local connected = pyro.Daemon { connected_socket = ours }
    connected:register(object, "an.id")
    assert.are.equal("./u:<<not-bound>>", connected.locationStr)
    local ended = false
    pyro.spawn(function()
      connected:requestLoop()
      ended = true
    end)
    local proxy = pyro.Proxy("an.id", { connected_socket = theirs })
    assert.are.equal(42, proxy:double(21))
    assert.is_false(ended)
    proxy:_pyroRelease()
    assert.is_true(served.soon(function()
      return ended
    end))
    assert.is_true(connected.closed)
    local messages = { [1000000] = "descriptor 1000000 is no connected stream socket",
      [-1] = "must be the descriptor of a socket", x = "must be the descriptor of a socket" }
    for bad, message in pairs(messages) do
      assert.error_matches(function()
        pyro.Daemon { connected_socket = bad }
      end, message)
    end
  end)

  it("is served by a loop of another kind #r25", function()
    local uri = daemon:register { one = function()
      return 1
    end }
    local answer
    pyro.spawn(function()
      answer = pyro.Proxy(uri):one()
    end)
    assert.is_true(pyro.fileno() >= 0)
    while not answer do
      assert.is_true(pyro.step(0.1))
    end
    assert.are.equal(1, answer)
    pyro.step(0)
  end)

  it("combines with others as it is #r25", function()
    local other = pyro.Daemon {}
    daemon:combine(other)
    assert.are.equal(1, pyro.Proxy(other:register { one = function()
      return 1
    end }):one())
    other:close()
    assert.error_matches(function()
      daemon:combine(other)
    end, "the other daemon is closed")
  end)

  it("sends objects as proxies that know their members, as of when these were looked at last #r23 #r28", function()
    local object = { first = print }
    local giver = daemon:register { give = function()
      return object
    end }
    daemon:register(object)
    object.zero, object.first = object.first, nil -- nobody has asked so far
    local proxy = pyro.Proxy(giver)
    assert.are.same({ "zero" }, proxy:give()._pyroMethods)
    object.first, object.zero = object.zero, nil
    daemon:resetMetadataCache(object)
    assert.are.same({ "first" }, proxy:give()._pyroMethods)
    object.second = print
    assert.are.same({ "first" }, proxy:give()._pyroMethods)
    daemon:resetMetadataCache(object)
    assert.are.same({ "first", "second" }, proxy:give()._pyroMethods)
  end)

  it("sends instances of its classes as proxies of these #r28", function()
    local Base = pyro.behavior { name = function(self)
      return self.called or "nobody"
    end }
    Base.__index = Base
    local Derived = setmetatable({}, { __index = Base })
    local Computed = { __index = function()
      return print
    end }
    local Plain = { __index = { greet = function(self)
      return self
    end } }
    local giver = pyro.Proxy(daemon:register { give = function(_, which)
      return { setmetatable({ called = which }, ({ base = Base, derived = { __index = Derived },
        computed = Computed, plain = Plain })[which]) }
    end })
    daemon:register(Base, "base")
    daemon:register(pyro.behavior(Computed), "computed")
    assert.are.equal("base", giver:give "base"[1]._pyroUri.object)
    assert.are.equal("nobody", giver:give "base"[1]:name(), "another instance")
    assert.are.equal("base", giver:give "derived"[1]._pyroUri.object)
    assert.are.equal("computed", giver:give "computed"[1]._pyroUri.object)
    assert.error_matches(function()
      giver:give "plain"
    end, "an object with methods %(such as 'greet'%) cannot travel as data")
    daemon:unregister "base"
    assert.error_matches(function()
      giver:give "base"
    end, "an object with methods %(such as 'name'%) cannot travel as data")
  end)

  describe("forgets weak objects #r23", function()
    local function count()
      local objects = 0
      for _ in pairs(daemon:objectsById()) do
        objects = objects + 1
      end
      return objects
    end

    local begun, go_on

    local function weak()
      begun, go_on = false, pyro.event()
      return { one = function()
        return 1
      end, slow = function(self)
        begun = true
        go_on:wait()
        return self.one()
      end }
    end

    it("when nothing else refers to them", function()
      local object, before = weak(), count()
      local uri = daemon:register(object, nil, { weak = true })
      collectgarbage()
      local proxy = pyro.Proxy(uri)
      assert.are.equal(1, proxy:one())
      local slow = pyro.async(proxy):slow()
      assert.is_true(served.soon(function()
        return begun
      end))
      object = nil -- luacheck: ignore
      collectgarbage()
      collectgarbage()
      go_on:set()
      assert.are.equal(1, slow.value)
      collectgarbage()
      collectgarbage()
      assert.are.equal(before, count())
      local err = served.failure(proxy.one, proxy)
      assert.are.same({ "DaemonError", "unknown object" }, { err.class, err.message })
    end)

    it("of whose places in memory others may be made", function()
      local before = count()
      local kept = weak()
      for _ = 1, 3 do
        daemon:unregister(daemon:register(kept, nil, { weak = true }).object)
      end
      for _ = 1, 2000 do
        daemon:register(weak(), nil, { weak = true })
        assert.is_false(core.is_served {})
      end
      collectgarbage()
      collectgarbage()
      assert.are.equal(before, count())
      assert.are.equal(1, pyro.Proxy(daemon:register(kept)):one())
      daemon:unregister(kept)
    end)

    it("that are registered several times, or by force", function()
      local object = weak()
      local first = daemon:register(object, nil, { weak = true })
      assert.is_false(pcall(daemon.register, daemon, object, nil, { weak = true }))
      local second = daemon:register(object, nil, { weak = true, force = true })
      daemon:register({ one = function()
        return 2
      end }, first.object, { force = true })
      assert.are.same({ 2, 1 }, { pyro.Proxy(first):one(), pyro.Proxy(second):one() })
      object = nil -- luacheck: ignore
      collectgarbage()
      collectgarbage()
      assert.are.equal(2, pyro.Proxy(first):one())
      assert.is_nil(daemon:objectsById()[second.object])
    end)

    it("unless they are classes", function()
      local class = pyro.behavior { one = print }
      assert.are.equal("Classes cannot be registered with weak=True.",
        served.failure(daemon.register, daemon, class, nil, { weak = true }).message)
    end)
  end)

  it("takes known options of registering only #r23", function()
    for _, options in ipairs { { strong = true }, { weak = 1 }, { force = "yes" }, { true }, 1, "force" } do
      assert.is_false(pcall(daemon.register, daemon, {}, nil, options))
    end
  end)

  it("replaces objects by force #r23", function()
    daemon:register({ which = function()
      return "old"
    end }, "an.id")
    local uri = daemon:register({ which = function()
      return "new"
    end }, "an.id", true)
    assert.are.equal("new", pyro.Proxy(uri):which())
  end)

  it("finds the object that has an id now, also for who has called it before", function()
    for _, id in ipairs { "short", ("long"):rep(30) } do
      local function serve(name)
        return daemon:register({ which = function()
          return name
        end }, id, true)
      end
      local proxy <close> = pyro.Proxy(serve "first")
      local other = daemon:register({ which = function() end })
      assert.are.equal("first", proxy:which())
      serve "second"
      assert.are.equal("second", proxy:which())
      daemon:unregister(other.object)
      assert.are.equal("second", proxy:which())
      daemon:unregister(id)
      assert.are.equal("DaemonError", served.failure(proxy.which, proxy).class)
      serve "third"
      assert.are.equal("third", proxy:which())
    end
  end)

  it("takes functions, and no other fields #r33", function()
    for _, name in ipairs { "validateHandshake", "clientDisconnect", "annotations", "housekeeping",
      "methodcall_error_handler" } do
      assert.is_nil(daemon[name])
      daemon[name] = print
      assert.are.equal(print, daemon[name])
      daemon[name] = nil
      assert.is_nil(daemon[name])
      assert.error_matches(function()
        daemon[name] = 5
      end, name .. " must be a function, got number")
    end
    assert.error_matches(function()
      daemon.hots = print
    end, "a daemon has no field 'hots' to be set")
  end)

  it("keeps house from when a function is set until it is unset #r33", function()
    local kept = 0
    local function keep(self)
      kept = kept + (self == daemon and 1 or 0)
    end
    local function keeps_house()
      local before = kept
      local deadline = pyro.time() + 20
      while kept < before + 2 and pyro.time() < deadline do
        pyro.sleep(0.01)
      end
      return kept >= before + 2
    end
    --- Of what was due already, one more may come.
    local function keeps_no_house()
      pyro.sleep(0.05)
      local before = kept
      pyro.sleep(0.2)
      return kept <= before + 1
    end
    pyro.config.POLLTIMEOUT = 0.02
    daemon.housekeeping = keep
    assert.is_true(keeps_house())
    daemon.housekeeping = nil
    assert.is_true(keeps_no_house())
    daemon.housekeeping = keep
    assert.is_true(keeps_house())
    daemon:close()
    daemon.housekeeping = nil
    assert.is_true(keeps_no_house())
    pyro.config.POLLTIMEOUT = 2.0
  end)

  it("loops while a condition holds #r25", function()
    local asked = 0
    pyro.config.POLLTIMEOUT = 0.01
    daemon:requestLoop(function()
      asked = asked + 1
      return asked < 3
    end)
    pyro.config.POLLTIMEOUT = 2.0
    assert.are.equal(3, asked)
  end)

  it("that is closed says so", function()
    daemon:close()
    daemon:close()
    assert.are.equal("DaemonError", served.failure(daemon.register, daemon, {}).class)
    assert.matches("closed", tostring(daemon))
  end)

  it("refuses options that make no sense", function()
    for message, options in pairs {
      ["option 'port' must be a port %(0 to 65535%)"] = { port = -1 },
      ["option 'port' must be a port"] = { port = 70000 },
      ["'port' must be a port"] = { port = "x" },
      ["option 'host' must be a string"] = { host = 5 },
      ["unknown option 'hots' %(known: host port "] = { hots = "localhost" },
      ["option 'natport' must be a port %(0 to 65535%)"] = { natport = 3.5 },
      ["option 'unixsocket' may not contain a zero byte"] = { unixsocket = "\0abstract" },
    } do
      assert.error_matches(function()
        pyro.Daemon(options):close()
      end, message)
    end
  end)

  it("serves on a Unix socket, and behind NAT #r24 #r36", function()
    local path = os.tmpname()
    os.remove(path)
    local unix = pyro.Daemon { unixsocket = path }
    local uri = unix:register({ one = function()
      return 1
    end }, "u")
    assert.are.equal("PYRO:u@./u:" .. path, tostring(uri))
    assert.are.equal(1, pyro.Proxy(uri):one())
    unix:close()
    local nat = pyro.Daemon { nathost = "outside.example", natport = 4444 }
    assert.are.equal("PYRO:n@outside.example:4444", tostring(nat:register({}, "n")))
    assert.are.equal("PYRO:n@" .. nat.locationStr, tostring(nat:uriFor("n", false)))
    nat:close()
  end)
end)

describe("a proxy", function()
  after_each(served.close)

  it("connects when it is used, and shows that", function()
    local proxy = served.open { one = function()
      return 1
    end }
    assert.matches("not connected", tostring(proxy))
    assert.is_true(proxy:_pyroBind())
    assert.is_false(proxy:_pyroBind())
    proxy:_pyroRelease()
    assert.are.equal(1, proxy:one())
    assert.are.equal(pyro.Proxy(proxy._pyroUri), proxy)
  end)

  it("to nothing fails with the address", function()
    local port = require("spec.support.process").free_port()
    local proxy = pyro.Proxy("PYRO:x@127.0.0.1:" .. port)
    local err = served.failure(function()
      return proxy:anything()
    end)
    assert.are.equal("CommunicationError", err.class)
    assert.matches("127.0.0.1.*" .. port .. ".*refused", err.message)
  end)

  it("to an object that is not there fails when it connects", function()
    local _, daemon = served.open {}
    local proxy = pyro.Proxy("PYRO:nobody@" .. daemon.locationStr)
    local err = served.failure(function()
      return proxy:anything()
    end)
    assert.are.equal("CommunicationError", err.class)
    assert.matches("rejected: unknown object", err.message)
  end)
end)

describe("a URI", function()
  it("has parts #r1", function()
    local uri = pyro.URI "pyro:an.id@[::1]:99"
    assert.are.equal("PYRO:an.id@[::1]:99", tostring(uri))
    assert.are.same({ "PYRO", "an.id", "::1", 99 }, { uri.protocol, uri.object, uri.host, uri.port })
    assert.are.equal("/tmp/sock", pyro.URI("PYRO:x@./u:/tmp/sock").sockname)
    assert.are.equal("PYRONAME:a.name", pyro.URI("pyroname:a.name"):asString())
    assert.are.equal(9090, pyro.URI("PYRONAME:x@host").port)
  end)

  it("that is malformed is quoted #r1", function()
    for _, text in ipairs { "", "PYRO", "PYRO:", "PYRO:x", "PYRO:x@", "PYRO:x@host",
      "PYRO:x@host:port", "HTTP:x@y:1", "PYRO:x@host:70000", "PYRO:x y@host:1" } do
      local err = served.failure(pyro.URI, text)
      assert.are.equal("PyroError", err.class)
      assert.matches("'" .. text:gsub("%p", "%%%0") .. "'", err.message)
    end
    assert.error_matches(function()
      pyro.Proxy(5)
    end, "URI %(a string or a pyro.URI%) expected, got number")
  end)
end)

describe("the settings", function()
  it("refuse what does not exist and what does not fit #r44", function()
    assert.error_matches(function()
      return pyro.config.NO_SUCH_ITEM
    end, "there is no config item 'NO_SUCH_ITEM'")
    assert.error_matches(function()
      pyro.config.NO_SUCH_ITEM = 1
    end, "there is no config item 'NO_SUCH_ITEM'")
    for name, bad in pairs { HOST = 5, NS_PORT = 99999, COMMTIMEOUT = -1, SERIALIZER = "yaml",
      METADATA = "maybe" } do
      local err = served.failure(function()
        pyro.config[name] = bad
      end)
      assert.matches(name, tostring(err))
    end
  end)

  it("can be listed", function()
    local seen = {}
    for name, value in pairs(pyro.config) do
      seen[name] = value
    end
    assert.are.equal("localhost", seen.HOST)
    assert.are.equal(9090, seen.NS_PORT)
    assert.are.same(seen, pyro.config.copy())
  end)

  it("can be set back", function()
    local before = pyro.config.copy()
    pyro.config.NATHOST, pyro.config.MAX_RETRIES = "elsewhere", 7
    assert.are.equal(7, pyro.config.copy().MAX_RETRIES)
    assert.is_nil(before.NATHOST)
    pyro.config.reset()
    assert.are.same(before, pyro.config.copy())
  end)
end)
