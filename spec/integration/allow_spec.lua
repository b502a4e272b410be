--- ALLOW: who may call what, as the rules of a file say. The rules themselves have
--- spec/unit/allow_test.c.
local core = require "pyro.core"
local guarded = require "spec.support.guarded"
local pyro = require "pyro"
local served = require "spec.support.served"

local logged, refused = guarded.logged, guarded.refused
local rules = os.tmpname()

local function write_rules(text)
  local file <close> = assert(io.open(rules .. ".new", "w"))
  file:write(text, "\n")
  file:close()
  assert(os.rename(rules .. ".new", rules))
end

local function tear_down()
  guarded.tear_down()
  os.remove(rules)
end

describe("rules of a Lua object", function()
  local daemon, uri, shop

  local function open(text, options)
    write_rules(text)
    options = options or {}
    options.allow = rules
    daemon = pyro.Daemon(options)
    shop = guarded.new_shop()
    uri = daemon:register(shop, "shop")
    return pyro.Proxy(uri)
  end

  before_each(guarded.set_up)

  after_each(function()
    daemon:close()
    tear_down()
  end)

  it("refuse what they do not allow", function()
    local proxy <close> = open "allow shop list"
    assert.are.equal("bike", proxy:list()[1])
    refused("not allowed to call shop.buy", proxy.buy, proxy, "bike")
    assert.are.equal("bike", proxy:list()[1])
    assert.are.equal(1, logged("127.0.0.1:%d+: not allowed to call shop.buy: no rule of [%w/_]+ allows it\n"))
    assert.are.equal(1, logged "\n")
  end)

  it("come before methods and objects are looked for", function()
    local proxy <close> = open "allow shop list"
    proxy:_pyroBind()
    daemon:unregister(shop)
    refused("not allowed to call shop.buy", proxy.buy, proxy, "bike")
    assert.are.equal("DaemonError", served.failure(proxy.list, proxy).class)
  end)

  it("are asked about attributes: their access, and their names", function()
    local proxy <close> = open "deny shop cost\ndeny shop __setattr__\nallow shop"
    assert.are.equal(7, proxy.price)
    refused("not allowed to call shop.cost", function()
      return proxy.cost
    end)
    refused("not allowed to call shop.__setattr__", function()
      proxy.price = 1
    end)
    assert.are.equal(7, shop.price)
    assert.are.equal(1, logged "shop.cost")
    assert.are.equal(1, logged "shop.__setattr__")
  end)

  it("need both for an attribute", function()
    local proxy <close> = open "allow shop price"
    refused("not allowed to call shop.__getattr__", function()
      return proxy.price
    end)
  end)

  it("are asked about the entries of a batch", function()
    local proxy <close> = open "deny shop buy\nallow shop"
    local batch = pyro.batch(proxy)
    batch:list()
    batch:buy "bike"
    batch:list()
    local results = batch()
    assert.are.equal("bike", results()[1])
    refused("not allowed to call shop.buy", results)
    assert.are.equal(1, logged "not allowed to call shop.buy")
  end)

  it("are asked about oneway batches, and oneway calls", function()
    local proxy <close> = open "deny shop note\nallow shop"
    local batch = pyro.batch(proxy)
    batch:note()
    batch { oneway = true }
    proxy:note()
    proxy:list()
    assert.is_true(served.soon(function()
      return logged "not allowed to call shop.note" == 2
    end))
    assert.is_nil(shop.noted)
  end)

  it("are asked about streams as about the methods that make them, whoever fetches", function()
    local proxy <close> = open "allow shop items"
    local sum = 0
    for item in proxy:items() do
      sum = sum + item
    end
    assert.are.equal(3, sum)
  end)

  it("stay closed where metadata are asked for by other means", function()
    local proxy <close> = open "allow Pyro.Daemon\nallow shop list"
    proxy:list()
    local other <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    assert.truthy(other:get_metadata "shop")
    daemon:register({}, "secret")
    refused("not allowed to use secret", other.get_metadata, other, "secret")
    local err = served.failure(function()
      return pyro.Proxy("PYRO:secret@" .. daemon.locationStr):list()
    end)
    assert.matches("rejected: not allowed to use secret$", err.message)
  end)

  it("close whom they allow nothing", function()
    local proxy <close> = open "allow shop from 10.0.0.0/8"
    local err = served.failure(function()
      proxy:list()
    end)
    assert.are.equal("CommunicationError", err.class)
    assert.matches("rejected: not allowed to connect$", err.message)
    assert.are.equal(1, logged "handshake failed: not allowed to connect\n")
  end)

  it("tell networks apart", function()
    local proxy <close> = open("allow shop from ::1\nallow shop list", { host = "::1" })
    assert.are.equal("a bike", proxy:buy "bike")
    write_rules "deny shop from 127.0.0.0/8\nallow shop list from ::/0"
    assert.is_true(served.soon(function()
      return not pcall(proxy.buy, proxy, "bike")
    end))
    assert.are.equal("bike", proxy:list()[1])
  end)

  it("tell Unix sockets", function()
    local path = os.tmpname()
    os.remove(path)
    local proxy <close> = open("allow shop buy from unix\nallow shop list from 127.0.0.1",
      { unixsocket = path })
    assert.are.equal("a bike", proxy:buy "bike")
    refused("not allowed to call shop.list", proxy.list, proxy)
  end)

  it("tell methods of one name from keywords", function()
    local proxy <close> = open 'allow shop "name"\nallow shop list'
    function shop:name() return "shop" end -- luacheck: ignore self
    assert.are.equal("shop", proxy:name())
    refused("not allowed to call shop.buy", proxy.buy, proxy, "bike")
  end)

  it("with names allow nothing of an object that does not ask about names", function()
    open "allow shop list\nallow Pyro.NameServer * name *"
    daemon:register({ register = function() return "registered" end }, "Pyro.NameServer")
    local own <close> = pyro.Proxy(daemon:uriFor "Pyro.NameServer")
    assert.matches("rejected: not allowed to use Pyro.NameServer$", served.failure(function()
      own:register "x"
    end).message)
    write_rules "allow shop list\nallow Pyro.NameServer ping\nallow Pyro.NameServer * name *"
    assert.is_true(served.soon(function()
      return pcall(own._pyroBind, own)
    end))
    refused("not allowed to call Pyro.NameServer.register", own.register, own, "x")
  end)

  it("serve a connected socket, too", function()
    open "allow shop list"
    local ours, theirs = pyro.socketpair()
    local other <close> = pyro.Daemon { connected_socket = theirs, allow = rules }
    other:register({ list = function() return 1 end, buy = function() return 2 end }, "shop")
    local proxy <close> = pyro.Proxy("shop", { connected_socket = ours })
    assert.are.equal(1, proxy:list())
    refused("not allowed to call shop.buy", proxy.buy, proxy)
  end)

  it("must be there, and right, for a daemon to start", function()
    open "allow shop"
    for text, message in pairs {
      ["allow shop\nallow\n"] = rules .. ":2: the rule lacks an object",
      ["allow shop from 10.0.0.1/8"] = rules
        .. ":1: '10.0.0.1/8' is an address in the network, not that of the network",
    } do
      write_rules(text)
      local err = served.failure(pyro.Daemon, { allow = rules })
      assert.are.equal("ValueError", err.class)
      assert.are.equal(message, err.message)
    end
    assert.are.equal("/none: No such file or directory",
      served.failure(pyro.Daemon, { allow = "/none" }).message)
    assert.has_error(function()
      pyro.Daemon { allow = "" }
    end, "option 'allow' must be the path of a file")
    assert.are.equal("invalid value: ALLOW= (the path of a file)", served.failure(function()
      pyro.config.ALLOW = ""
    end).message)
  end)

  it("may be a setting of all daemons, or an option of one", function()
    open "allow shop list"
    pyro.config.ALLOW = "/none"
    assert.are.equal("/none: No such file or directory", served.failure(pyro.Daemon).message)
    pyro.Daemon { allow = rules }:close()
    pyro.config.ALLOW = nil
    pyro.Daemon {}:close()
  end)
end)

describe("rules of the name server", function()
  local server, ns

  local function open(text)
    write_rules(text)
    server = core.new_nameserver { host = "127.0.0.1", port = 0, allow = rules }
    ns = pyro.Proxy(server:uriFor "Pyro.NameServer")
    return ns
  end

  before_each(guarded.set_up)

  after_each(function()
    ns:_pyroRelease()
    server:close()
    tear_down()
  end)

  local URI = "PYRO:shop@localhost:1234"

  --- Fills a name server without rules, then sets them.
  local function fill(text, ...)
    open "allow *"
    for _, name in ipairs { ... } do
      ns:register(name, URI, false, { "tag" })
    end
    write_rules(text)
    assert.is_true(served.soon(function()
      return not pcall(ns.ping, ns)
    end))
  end

  local function names(found)
    local list = {}
    for name in pairs(found) do
      list[#list + 1] = name
    end
    table.sort(list)
    return table.concat(list, " ")
  end

  it("are asked again once the name is read", function()
    fill("allow Pyro.NameServer register name example.*\nallow Pyro.NameServer lookup name *shop", "a.shop",
      "b.other")
    ns:register("example.shop", URI)
    refused("not allowed to call Pyro.NameServer.register with the name 'other'", ns.register, ns, "other",
      URI)
    assert.are.equal(URI, tostring(ns:lookup "a.shop"))
    for _, name in ipairs { "b.other", "none" } do -- there or not
      refused("not allowed to call Pyro.NameServer.lookup with the name '" .. name .. "'", ns.lookup,
        ns, name)
    end
    assert.are.equal("NamingError", served.failure(ns.lookup, ns, "no.shop").class)
    assert.are.equal(1, logged "register with the name 'other': no rule of")
  end)

  it("are asked about removals and metadata", function()
    fill("deny Pyro.NameServer * name b*\nallow Pyro.NameServer remove\nallow Pyro.NameServer set_metadata\n"
      .. "allow Pyro.NameServer list name *", "a.one", "a.two", "b.one")
    refused("not allowed to call Pyro.NameServer.remove with the name 'b.one'", ns.remove, ns, "b.one")
    refused("not allowed to call Pyro.NameServer.set_metadata with the name 'b.one'", ns.set_metadata, ns,
      "b.one", {})
    assert.are.equal(1, ns:remove "a.one")
    assert.are.equal(1, ns:remove(nil, nil, ".*")) -- not b.one, and not the name server
    assert.are.equal("Pyro.NameServer", names(ns:list()))
    assert.are.equal(2, server.names)
    assert.are.equal(1, logged "remove with the name 'b.one': [%w/_]+:1 denies it")
  end)

  it("do not match long names", function()
    fill("allow Pyro.NameServer remove name *", "a")
    assert.are.equal(0, ns:remove(("x"):rep(1000)))
    assert.matches("^not allowed to call Pyro.NameServer.remove with the name 'xxx", served.failure(ns.remove, ns,
      ("x"):rep(1001)).message)
  end)

  it("are asked about names with leases", function()
    fill("deny Pyro.NameServer * name secret*\nallow Pyro.NameServer publish\n"
      .. "allow Pyro.NameServer withdraw\nallow Pyro.NameServer leases", "a", "secret")
    ns:publish("b", URI, "01", 10)
    for method, arguments in pairs { publish = { URI, "01", 10 }, withdraw = { "01" } } do
      refused(("not allowed to call Pyro.NameServer.%s with the name 'secret'"):format(method),
        ns[method], ns, "secret", table.unpack(arguments))
    end
    assert.are.equal("Pyro.NameServer a b", names(ns:leases()))
    refused("not allowed to call Pyro.NameServer.renew", ns.renew, ns, "01")
    assert.are.equal(1, ns:withdraw("b", "01"))
  end)

  it("hide changes from who watches", function()
    fill("deny Pyro.NameServer watch name secret*\nallow Pyro.NameServer watch\n"
      .. "allow Pyro.NameServer register")
    local revision = ns:watch()[1]
    ns:register("secret.one", URI)
    ns:register("a.two", URI)
    ns:register("secret.three", URI)
    local told = ns:watch(revision)
    assert.are.equal(revision + 3, told[1])
    assert.are.equal(1, #told[2])
    assert.are.same({ "registered", "a.two", URI }, { table.unpack(told[2][1], 1, 3) })
    assert.is_true(told[3])
    assert.are.equal(0, #ns:watch(told[1], nil, 0)[2])
  end)

  it("hide names from searches", function()
    fill("deny Pyro.NameServer * name secret.*\nallow Pyro.NameServer list\n"
      .. "allow Pyro.NameServer yplookup name a*", "a.one", "secret.one", "b.one")
    assert.are.equal("Pyro.NameServer a.one b.one", names(ns:list()))
    assert.are.equal("", names(ns:list "secret"))
    assert.are.equal("", names(ns:list(nil, "secret")))
    assert.are.equal("a.one b.one", names(ns:list(nil, ".*one")))
    assert.are.equal("a.one", names(ns:yplookup({ "tag" })))
    refused("not allowed to call Pyro.NameServer.count", ns.count, ns)
  end)

  it("are asked about the entries of a batch", function()
    fill("allow Pyro.NameServer register name a*", "a.one")
    local batch = pyro.batch(ns)
    batch:register("a.two", URI)
    batch:register("b.two", URI)
    batch:register("a.three", URI)
    local results = batch()
    results()
    refused("not allowed to call Pyro.NameServer.register with the name 'b.two'", results)
    assert.are.equal(3, server.names)
  end)

  it("do not mix names and other methods", function()
    fill("allow Pyro.NameServer * name *", "a")
    refused("not allowed to call Pyro.NameServer.ping", ns.ping, ns)
    refused("not allowed to call Pyro.NameServer.count", ns.count, ns)
    assert.are.equal("Pyro.NameServer a", names(ns:list()))
  end)

  it("take names with spaces and other characters as they are", function()
    fill('allow Pyro.NameServer lookup name "my shop"\nallow Pyro.NameServer lookup name a\\*', "my shop",
      "a*", "ab", "My shop")
    assert.truthy(ns:lookup "my shop")
    assert.truthy(ns:lookup "a*")
    for _, name in ipairs { "ab", "My shop", "my shop ", " my shop", "my\u{a0}shop" } do
      refused(("not allowed to call Pyro.NameServer.lookup with the name '%s'"):format(name), ns.lookup, ns,
        name)
    end
  end)
end)
