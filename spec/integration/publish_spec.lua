--- Names that a daemon keeps at name servers of this process.
local naming = require "pyro.naming"
local pyro = require "pyro"
local served = require "spec.support.served"

local THEIRS = "PYRO:obj@localhost:1"

describe("daemon:publish", function()
  local server, port, ns, daemon

  local function start_server()
    server = naming.startNS { host = "127.0.0.1", port = port or 0 }
    port = server:uriFor("Pyro.NameServer").port
    ns = pyro.locateNS("127.0.0.1", port)
  end

  local function stop_server()
    ns:_pyroRelease()
    server:close()
  end

  before_each(function()
    port = nil
    pyro.config.LOGLEVEL = "CRITICAL"
    start_server()
    daemon = pyro.Daemon { port = 0 }
  end)

  after_each(function()
    daemon:close()
    stop_server()
    pyro.config.reset(false)
  end)

  local function lookup(name)
    local ok, uri = pcall(ns.lookup, ns, name)
    return ok and uri or nil
  end

  local function has(name, uri)
    return served.soon(function()
      return lookup(name) == uri
    end)
  end

  it("registers the object and its name", function()
    local object = { hi = function() return "hi" end }
    local uri = daemon:publish("thing", object, { ns = ns, metadata = { "a", "b" } })
    assert.are.equal(daemon:uriFor(object), uri)
    assert.are.equal(uri, lookup "thing")
    local found = ns:lookup("thing", { return_metadata = true })[2]
    table.sort(found)
    assert.are.same({ "a", "b" }, { found[1], found[2] })
    assert.are.equal("hi", pyro.Proxy(uri):hi())
  end)

  it("renews the leases of all names of the daemon", function()
    local uri = daemon:publish("one", {}, { ns = ns, lease = 1 })
    daemon:publish("two", {}, { ns = ns })
    local one, two = ns:leases("one").one, ns:leases("two").two
    assert.matches("^" .. ("%x"):rep(32) .. "$", one[1])
    assert.are.equal(one[1], two[1])
    assert(two[3] > 9 and two[3] <= 10, two[3])
    local deadline = pyro.time() + 2.5 -- more than two leases
    while pyro.time() < deadline do
      pyro.sleep(0.05)
      assert.are.equal(uri, lookup "one")
    end
    assert(ns:leases("two").two[3] > 9)
  end)

  it("uses an object as it is registered", function()
    local object = {}
    local uri = daemon:register(object, "known")
    assert.are.equal(uri, daemon:publish("one", object, { ns = ns }))
    assert.are.equal(uri, daemon:publish("two", object, { ns = ns }))
    assert.is_true(daemon:unpublish "one")
    assert.is_nil(lookup "one")
    assert.are.equal(uri, lookup "two")
    assert.are.equal(object, daemon:objectsById().known)
  end)

  it("finds the name server as others do", function()
    pyro.config.NS_HOST, pyro.config.NS_PORT = "127.0.0.1", port
    local uri = daemon:publish("thing", {})
    assert.are.equal(uri, lookup "thing")
  end)

  it("replaces a name, unless it is to be safe", function()
    ns:register("thing", THEIRS)
    local object = {}
    local err = served.failure(daemon.publish, daemon, "thing", object, { ns = ns, safe = true })
    assert.are.equal("NamingError", err.class)
    assert.matches("already", err.message)
    assert.are.equal("DaemonError", served.failure(daemon.proxyFor, daemon, object).class)
    assert.are.equal(daemon:publish("thing", object, { ns = ns }), lookup "thing")
  end)

  it("publishes a name once", function()
    daemon:publish("thing", {}, { ns = ns })
    local err = served.failure(daemon.publish, daemon, "thing", {}, { ns = ns })
    assert.are.equal("NamingError: the daemon has published the name 'thing' already", tostring(err))
  end)

  it("refuses what is wrong", function()
    local function refused(pattern, ...)
      assert.matches(pattern, tostring(served.failure(daemon.publish, daemon, ...)))
    end
    refused("the name must be string, got table", {}, {})
    refused("the object must be table, got nil", "thing")
    refused("unknown option 'leese'", "thing", {}, { leese = 1 })
    refused("option 'metadata' must be table or nil, got string", "thing", {}, { metadata = "a" })
    refused("TypeError: metadata must be a list of strings", "thing", {}, { metadata = { {} } })
    refused("option 'lease' must be number or nil, got boolean", "thing", {}, { lease = true })
    refused("ValueError: a lease is 1 to 3000000 seconds, got 0%.9", "thing", {}, { lease = 0.9 })
    refused("option 'safe' must be boolean or nil, got number", "thing", {}, { safe = 1 })
    refused("option 'ns' must be table or userdata or nil, got string", "thing", {}, { ns = "here" })
    assert.matches("the name must be string", tostring(served.failure(daemon.unpublish, daemon)))
    assert.is_nil(lookup "thing")
  end)

  it("fails where there is no name server", function()
    pyro.config.NS_HOSTS = "127.0.0.1:1"
    local err = served.failure(daemon.publish, daemon, "thing", {})
    assert.are.equal("NamingError", err.class)
    assert.are.equal("Failed to locate the nameserver by NS_HOSTS: cannot connect to ('127.0.0.1', 1): connection "
      .. "refused", err.message)
  end)

  it("removes a name that is still its own", function()
    daemon:publish("thing", {}, { ns = ns })
    assert.is_true(daemon:unpublish "thing")
    assert.is_nil(lookup "thing")
    assert.is_false(daemon:unpublish "thing")
    daemon:publish("thing", {}, { ns = ns })
    ns:register("thing", THEIRS)
    assert.is_false(daemon:unpublish "thing")
    assert.are.equal(THEIRS, tostring(lookup "thing"))
  end)

  it("removes names when the daemon is closed", function()
    daemon:publish("one", {}, { ns = ns })
    daemon:publish("two", {}, { ns = ns })
    ns:register("two", THEIRS)
    daemon:close()
    assert.is_nil(lookup "one")
    assert.are.equal(THEIRS, tostring(lookup "two"))
    local err = served.failure(daemon.publish, daemon, "one", {}, { ns = ns })
    assert.are.equal("DaemonError: the daemon is closed", tostring(err))
  end)

  it("removes names before a request loop drains the daemon", function()
    local loop = pyro.spawn(daemon.requestLoop, daemon)
    daemon:publish("thing", {}, { ns = ns })
    daemon:shutdown()
    pyro.join(loop)
    assert.is_true(daemon.closed)
    assert.is_nil(lookup "thing")
  end)

  it("registers a name again that was removed", function()
    local uri = daemon:publish("thing", {}, { ns = ns, lease = 1, metadata = { "a" } })
    ns:remove "thing"
    assert.is_nil(lookup "thing")
    assert.is_true(has("thing", uri))
    assert.are.equal("a", ns:lookup("thing", { return_metadata = true })[2][1])
  end)

  it("registers names again with a name server that was started anew", function()
    local uris = {}
    for i = 1, 20 do
      uris[i] = daemon:publish("thing" .. i, {}, { ns = ns, lease = 1 })
    end
    stop_server()
    start_server()
    assert.are.equal(1, ns:count())
    local begun = pyro.time()
    for i = 1, 20 do
      assert.is_true(has("thing" .. i, uris[i]))
    end
    assert(pyro.time() - begun < 6, "lease + 5 s")
  end)

  it("loses a name that somebody else has registered", function()
    local lost = {}
    function daemon:lost(name)
      assert.are.equal(daemon, self)
      lost[#lost + 1] = name
    end
    local uri = daemon:publish("one", {}, { ns = ns, lease = 1 })
    daemon:publish("two", {}, { ns = ns, lease = 1 })
    ns:register("two", THEIRS)
    assert.is_true(served.soon(function()
      return #lost > 0
    end))
    assert.are.same({ "two" }, lost)
    assert.are.equal(THEIRS, tostring(lookup "two"))
    assert.is_false(daemon:unpublish "two")
    ns:remove "one"
    assert.is_true(has("one", uri))
    assert.are.same({ "two" }, lost)
  end)

  it("goes to another of NS_HOSTS when one fails", function()
    local other = naming.startNS { host = "127.0.0.1", port = 0 }
    local other_port = other:uriFor("Pyro.NameServer").port
    pyro.config.NS_HOSTS = ("127.0.0.1:%d,127.0.0.1:%d"):format(port, other_port)
    local uri = daemon:publish("thing", {}, { lease = 1 })
    assert.are.equal(uri, lookup "thing")
    stop_server()
    ns = pyro.locateNS("127.0.0.1", other_port)
    assert.is_true(has("thing", uri))
    ns:_pyroRelease()
    other:close()
    start_server()
  end)

  it("signs its messages as the name server wants it", function()
    local signed = naming.startNS { host = "127.0.0.1", port = 0, hmac = "secret" }
    local signed_port = signed:uriFor("Pyro.NameServer").port
    local signing <close> = pyro.locateNS("127.0.0.1", signed_port, nil, "secret")
    local uri = daemon:publish("thing", {}, { ns = signing })
    assert.are.equal(uri, signing:lookup "thing")
    signed:close()
  end)

  it("can be given up", function()
    local task = pyro.spawn(daemon.publish, daemon, "thing", {}, { ns = ns })
    coroutine.close(task)
    assert.is_true(served.soon(function()
      return not daemon:unpublish "thing"
    end))
    assert.is_nil(lookup "thing")
  end)
end)

describe("serveSimple", function()
  after_each(function()
    pyro.config.reset(false)
  end)

  it("registers again with a name server that was started anew, and leaves its names #r24", function()
    local server = naming.startNS { host = "127.0.0.1", port = 0 }
    local port = server:uriFor("Pyro.NameServer").port
    pyro.config.NS_HOST, pyro.config.NS_PORT = "127.0.0.1", port
    pyro.config.LOGLEVEL = "CRITICAL"
    local daemon = pyro.Daemon { port = 0 }
    local serving = pyro.spawn(pyro.Daemon.serveSimple, { [{}] = "simple" },
      { daemon = daemon, verbose = false })
    local function is_there()
      local ns <close> = pyro.locateNS("127.0.0.1", port)
      return (pcall(ns.lookup, ns, "simple"))
    end
    assert.is_true(served.soon(is_there))
    server:close()
    server = naming.startNS { host = "127.0.0.1", port = port }
    assert.is_false(is_there())
    assert.is_true(served.soon(is_there))
    daemon:shutdown()
    pyro.join(serving)
    assert.is_true(is_there())
    server:close()
  end)
end)
