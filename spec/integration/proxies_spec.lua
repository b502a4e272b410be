--- bind: what proxies do besides calling.
local core = require "pyro.core"
local pyro = require "pyro"
local served = require "spec.support.served"
local uv = require "luv"

local failure = served.failure

describe("a proxy", function()
  local proxy, daemon, object

  before_each(function()
    object = { calls = 0, delays = {} }
    function object:slow(value) -- luacheck: ignore self
      object.calls = object.calls + 1
      pyro.sleep(object.delays[object.calls] or 0)
      return value
    end
    function object:breaking(value, times) -- luacheck: ignore self
      object.calls = object.calls + 1
      if object.calls <= times then
        pyro.current_context.client:close()
      end
      return value
    end
    function object:note(value) -- luacheck: ignore self
      object.noted = value
    end
    function object:same(value) -- luacheck: ignore self
      return value
    end
    function object:settings(other) -- luacheck: ignore self
      return { other._pyroHandshake, other._pyroSerializer or "none", other._pyroTimeout, other._pyroMaxRetries,
        #other._pyroMethods }
    end
    proxy, daemon = served.open(object)
  end)

  after_each(served.close)

  local function uri()
    return daemon:uriFor(object)
  end

  it("takes options, which set its fields", function()
    local function validate() end
    local set = pyro.Proxy(uri(), { protocol = 502, serializer = "serpent", timeout = 1.5, retries = 3,
      handshake = { "secret" }, validateHandshake = validate })
    assert.are.same({ 502, "serpent", 1.5, 3, validate }, { set._pyroProtocol, set._pyroSerializer, set._pyroTimeout,
      set._pyroMaxRetries, set._pyroValidateHandshake })
    assert.are.same({ "secret" }, set._pyroHandshake)
    local plain = pyro.Proxy(uri())
    assert.are.same({ 0, 0, "hello", false }, { plain._pyroTimeout, plain._pyroMaxRetries, plain._pyroHandshake,
      plain._pyroConnection })
    assert.is_nil(plain._pyroProtocol)
    assert.is_nil(plain._pyroSerializer)
  end)

  it("has defaults from the settings", function()
    pyro.config.COMMTIMEOUT, pyro.config.MAX_RETRIES = 2.5, 4
    local set = pyro.Proxy(uri())
    pyro.config.COMMTIMEOUT, pyro.config.MAX_RETRIES = 0, 0
    assert.are.same({ 2.5, 4 }, { set._pyroTimeout, set._pyroMaxRetries })
  end)

  it("refuses settings that make no sense", function()
    for text, options in pairs {
      ["unknown option 'protcol'"] = { protcol = 48 },
      ["a protocol is 48 (Pyro4) or 502 (Pyro5)"] = { protocol = 47 },
      ["'yaml' is no serializer"] = { serializer = "yaml" },
      ["a protocol is 48 (Pyro4) or 502 (Pyro5), or nil for the server's, not new"] = { protocol = "new" },
      ["'5' is no serializer"] = { serializer = 5 },
      ["a timeout is a number of seconds, 0 (none) or more, not -1"] = { timeout = -1 },
      ["a timeout is a number of seconds, 0 (none) or more, not soon"] = { timeout = "soon" },
      ["a number of retries is an integer, 0 or more, not -1"] = { retries = -1 },
      ["a number of retries is an integer, 0 or more, not 1.5"] = { retries = 1.5 },
      ["validateHandshake is a function or nil, not yes"] = { validateHandshake = "yes" },
    } do
      assert.matches(text, tostring(failure(pyro.Proxy, uri(), options)), 1, true)
    end
    for name, value in pairs { _pyroUri = "PYRO:x@y:1", _pyroNothing = 1, _pyroConnection = false } do
      assert.matches(("'%s' of a proxy cannot be set"):format(name), tostring(failure(function()
        proxy[name] = value
      end)), 1, true)
    end
  end)

  it("connects when it is used, and again after a release", function()
    local own = pyro.Proxy(uri())
    assert.is_false(own._pyroConnection)
    assert.are.equal(1, own:same(1))
    assert.is_true(own._pyroConnection)
    assert.is_false(own:_pyroBind())
    own:_pyroRelease()
    assert.is_false(own._pyroConnection)
    assert.is_true(own:_pyroBind())
    do
      local closing <close> = own -- luacheck: ignore
    end
    assert.is_false(own._pyroConnection)
    assert.are.equal(2, own:same(2))
    own:_pyroRelease()
  end)

  it("is copied with its settings, and connects on its own #r10", function()
    local own = pyro.Proxy(uri(), { serializer = "serpent", timeout = 9, retries = 2, handshake = { 1 }, protocol = 502,
      validateHandshake = function() end })
    own:_pyroBind()
    local copy = pyro.Proxy(own)
    assert.is_true(copy == own)
    assert.is_false(copy._pyroConnection)
    for _, field in ipairs { "_pyroSerializer", "_pyroTimeout", "_pyroMaxRetries", "_pyroHandshake", "_pyroProtocol",
      "_pyroValidateHandshake", "_pyroMethods" } do
      assert.are.same(own[field], copy[field])
    end
    copy._pyroTimeout = 1
    assert.are.equal(9, own._pyroTimeout)
    own:_pyroRelease()
    assert.are.equal(5, copy:same(5))
    copy:_pyroRelease()
  end)

  it("is another one for another object", function()
    assert.is_true(pyro.Proxy(uri()) == proxy)
    assert.is_false(pyro.Proxy "PYRO:other@localhost:1" == proxy)
    assert.is_false(proxy == uri())
  end)

  it("looks a name up once for all tasks that want it connected", function()
    local lookups = 0
    local names <close> = pyro.Daemon {}
    names:register({ lookup = function(_, name)
      lookups = lookups + 1
      pyro.sleep(0.01)
      if lookups == 1 then
        error(pyro.NamingError("no " .. name))
      end
      return pyro.URI(uri())
    end }, "Pyro.NameServer")
    local named <close> = pyro.Proxy("PYRONAME:example@" .. names.locationStr)
    local function call_thrice(call)
      local tasks, results = {}, {}
      for i = 1, 3 do
        tasks[i] = pyro.spawn(function()
          results[i] = call(i)
        end)
      end
      for _, task in ipairs(tasks) do
        pyro.join(task)
      end
      return results
    end
    assert.are.same({ "no example", "no example", "no example" }, call_thrice(function(i)
      return failure(function()
        return named:same(i)
      end).message
    end))
    assert.are.equal(1, lookups)
    assert.are.same({ 1, 2, 3 }, call_thrice(function(i)
      return named:same(i)
    end))
    assert.are.equal(2, lookups)
  end)

  it("looks a name up for each connection, until it is bound", function()
    local ns <close> = core.new_nameserver { host = "localhost", port = 0 }
    local place = ns.locationStr
    local names <close> = pyro.Proxy("PYRO:Pyro.NameServer@" .. place)
    local other, other_daemon = served.open { same = function(_, value)
      return "other " .. value
    end }
    local function named()
      return pyro.Proxy("PYRONAME:example@" .. place)
    end
    local own <close> = named()
    local bound <close> = named()
    assert.are.equal("unknown name: example", failure(own._pyroBind, own).message)
    names:register("example", uri())
    assert.are.equal("one", own:same "one")
    assert.are.equal("PYRONAME:example@" .. place, tostring(own._pyroUri))
    bound:_pyroBind()
    assert.are.equal(tostring(uri()), tostring(bound._pyroUri))
    names:register("example", other._pyroUri)
    assert.are.equal("one", own:same "one")
    own:_pyroRelease()
    bound:_pyroRelease()
    assert.are.equal("other one", own:same "one")
    assert.are.equal("one", bound:same "one")
    other_daemon:close()
  end)

  it("is told what the other side has not", function()
    assert.matches("has no exposed attribute or method 'nothing'", tostring(failure(function()
      return proxy.nothing
    end)), 1, true)
    assert.matches("has no exposed attribute 'nothing'", tostring(failure(function()
      proxy.nothing = 1
    end)), 1, true)
    assert.matches("has no exposed attribute or method '__len__'", tostring(failure(function()
      return proxy.__len__
    end)), 1, true)
  end)

  it("without metadata calls what it is told to, oneway where it is said", function()
    pyro.config.METADATA = false
    local ok, err = pcall(function()
      local bare <close> = pyro.Proxy(uri())
      bare._pyroOneway = { "note" }
      assert.are.same({ "note" }, bare._pyroOneway)
      assert.are.equal(7, bare:same(7))
      assert.are.same({}, bare._pyroMethods)
      bare:note "this"
      assert.is_nil(object.noted)
      assert.are.equal(1, bare:same(1))
      assert.are.equal("this", object.noted)
      assert.matches("object has no attribute 'nothing'", tostring(failure(bare.nothing, bare)), 1, true)
      bare._pyroOneway = {}
      assert.are.same({}, bare._pyroOneway)
    end)
    pyro.config.METADATA = true
    assert(ok, err)
  end)

  it("repeats calls whose connection broke, as often as it is told to #r17", function()
    local own <close> = pyro.Proxy(uri(), { retries = 2 })
    assert.are.equal("third time", own:breaking("third time", 2))
    assert.are.equal(3, object.calls)
    object.calls = 0
    assert.are.equal("ConnectionClosedError", failure(own.breaking, own, 1, 3).class)
    assert.are.equal(3, object.calls)
    object.calls = 0
    own._pyroMaxRetries = 0
    assert.are.equal("ConnectionClosedError", failure(own.breaking, own, 1, 1).class)
    assert.are.equal(1, object.calls)
  end)

  it("repeats calls whose time was over, as often as it is told to #r17", function()
    local own <close> = pyro.Proxy(uri(), { retries = 1000 })
    function object:patient(value) -- luacheck: ignore self
      object.calls = object.calls + 1
      if object.calls <= 2 then
        own._pyroTimeout = object.calls == 1 and 0.05 or 20 -- of the next attempt
        pyro.sleep(60)
      end
      return value
    end
    own:_pyroBind()
    own._pyroTimeout = 0.05
    assert.are.equal("at last", own:patient "at last")
    assert.is_true(object.calls >= 3)
    own._pyroMaxRetries, own._pyroTimeout = 0, 0.05
    object.calls, object.delays = 0, { 60 }
    assert.are.equal("TimeoutError", failure(own.slow, own, 1).class)
    assert.is_true(object.calls <= 1)
  end)

  it("tells the next call that the server has gone meanwhile, once, as Pyro's do #r17", function()
    local own <close> = pyro.Proxy(uri())
    function object:part() -- luacheck: ignore self
      pyro.current_context.client:close()
    end
    pyro.oneway(object, "part")
    local function be_left()
      own:part()
      assert.is_true(served.soon(function()
        return not own._pyroConnection
      end))
    end
    own:same(1)
    be_left()
    local err = failure(own.same, own, 1)
    assert.are.same({ "ConnectionClosedError", "connection closed by peer" }, { err.class, err.message })
    assert.are.equal(2, own:same(2))
    for _, reconnect in ipairs { own._pyroBind, own._pyroRelease, own._pyroReconnect } do
      be_left()
      reconnect(own)
      assert.are.equal(3, own:same(3))
    end
    be_left()
    own._pyroMaxRetries = 1
    assert.are.equal(4, own:same(4))
  end)

  it("does not repeat calls that failed otherwise", function()
    local calls = 0
    local failing = served.open { fail = function()
      calls = calls + 1
      error(pyro.ValueError "bad")
    end }
    failing._pyroMaxRetries = 5
    assert.are.equal("ValueError", failure(failing.fail, failing).class)
    assert.are.equal(1, calls)
  end)

  it("fails all that wait when one takes too long, and connects again", function()
    local own <close> = pyro.Proxy(uri())
    object.delays = { 60 }
    local classes = {}
    own:_pyroBind()
    for i = 1, 3 do
      pyro.spawn(function()
        own._pyroTimeout = i == 1 and 0.1 or 20
        local _, err = pcall(own.slow, own, i)
        classes[i] = err.class
      end)
    end
    assert.is_true(served.soon(function()
      return classes[1] and classes[2] and classes[3]
    end))
    assert.are.same({ "TimeoutError", "ConnectionClosedError", "ConnectionClosedError" }, classes)
    own._pyroTimeout = 0
    assert.are.equal(4, own:same(4))
  end)

  it("reconnects, or says that it cannot #r10", function()
    local own <close> = pyro.Proxy(uri())
    own:_pyroBind()
    own:_pyroReconnect(1)
    assert.is_true(own._pyroConnection)
    local id, port = uri().object, uri().port
    daemon:close()
    local err = failure(own._pyroReconnect, own, 1)
    assert.are.same({ "ConnectionClosedError", "failed to reconnect" }, { err.class, err.message })
    pyro.spawn(function()
      pyro.sleep(0.5)
      local again = pyro.Daemon { port = port }
      again:register(object, id, true)
      pyro.spawn(again.requestLoop, again)
      daemon = again
    end)
    own:_pyroReconnect()
    assert.are.equal(1, own:same(1))
    daemon:close()
  end)

  it("keeps handshake data and serializer when it travels, but not timeout and retries #r22", function()
    for _, protocol in ipairs { 48, 502 } do
      local own <close> = pyro.Proxy(uri(), { protocol = protocol })
      local other = pyro.Proxy("PYRO:other@localhost:1", { handshake = { "secret", 5 }, serializer = "serpent",
        timeout = 7, retries = 2 })
      assert.are.same({ { "secret", 5 }, "serpent", 0.0, 0, 0 }, own:settings(other))
      assert.are.same({ "hello", "none", 0.0, 0, 5 }, own:settings(own))
    end
  end)

  it("takes blobs of any value, in each serializer #r39", function()
    function object:open(blob)
      return { blob.info, blob:deserialized() }
    end
    for _, serializer in ipairs { "serpent", "json", "marshal", "msgpack", "pickle", "dill" } do
      proxy._pyroSerializer = serializer
      for _, data in ipairs { "text", 42, false, { 1, "two" }, {}, pyro.dict { a = { 1.5 } } } do
        assert.are.same({ "label", data }, proxy:open(pyro.SerializedBlob("label", data)))
      end
    end
  end)

  it("writes blobs for all that may get them, unless it is told how #r39", function()
    local open_ended, chosen = pyro.Proxy(uri()), pyro.Proxy(uri(), { serializer = "msgpack" })
    function object:serializer(_)
      return pyro.current_context.serializer_id
    end
    assert.are.same({ 1, 6 }, { open_ended:serializer(pyro.SerializedBlob("label", "text")),
      chosen:serializer(pyro.SerializedBlob("label", "text")) })
    assert.are.equal(6, open_ended:serializer())
  end)

  it("passes blobs on with one description, its own #r39", function()
    local bytes
    function object:pass(blob)
      local mine, other = pyro.socketpair()
      local next_one <close> = pyro.Proxy("next one", { connected_socket = mine, protocol = 48 })
      next_one._pyroOneway = { "process" }
      next_one:process(blob)
      local pipe = uv.new_pipe()
      pipe:open(other)
      pipe:read_start(function(_, data)
        bytes = data
      end)
      assert.is_true(served.soon(function() -- pyrolua's loop writes, luv's reads
        uv.run "nowait"
        return bytes
      end))
      pipe:close()
    end
    pyro.config.METADATA = false
    local ok, err = pcall(proxy.pass, proxy, pyro.SerializedBlob("label", "text"))
    pyro.config.METADATA = true
    assert(ok, err)
    assert.are.equal(1, select(2, bytes:gsub("BLBI", "")))
    assert.matches("label.*next one.*process", bytes)
  end)

  it("says which handshake data cannot travel", function()
    local own = pyro.Proxy(uri(), { handshake = { password = print } })
    local err = failure(own._pyroBind, own)
    assert.are.equal("SerializeError", err.class)
    assert.matches("handshake data.password: a function cannot travel", err.message, 1, true)
  end)
end)

describe("a handshake", function()
  local proxy, daemon, object

  before_each(function()
    object = { same = function(_, value)
      return value
    end }
    proxy, daemon = served.open(object)
  end)

  after_each(served.close)

  it("is validated on each connection, before anybody calls #r19", function()
    local order, approved = {}, false
    proxy._pyroValidateHandshake = function(self, response)
      assert.is_true(rawequal(self, proxy))
      order[#order + 1] = response
      served.soon(function() -- the others have to wait for it
        return approved
      end)
      order[#order + 1] = "validated"
    end
    for i = 1, 2 do
      pyro.spawn(function()
        local value = proxy:same(i)
        order[#order + 1] = value
      end)
    end
    assert.is_true(served.soon(function()
      return order[1]
    end))
    local other <close> = pyro.Proxy(proxy._pyroUri)
    assert.are.equal(0, other:same(0)) -- nor does it hold up anybody else
    assert.are.same({ "hello" }, order)
    approved = true
    assert.is_true(served.soon(function()
      return #order == 4
    end))
    assert.are.same({ "hello", "validated", 1, 2 }, order)
    proxy:_pyroRelease()
    proxy:_pyroBind()
    assert.are.same({ "hello", "validated" }, { order[5], order[6] })
  end)

  it("that is not validated closes the connection, for all who wait", function()
    local errors, begun = {}, 0
    proxy._pyroValidateHandshake = function()
      served.soon(function()
        return begun == 2
      end)
      error(pyro.SecurityError "not this one")
    end
    for i = 1, 2 do
      pyro.spawn(function()
        begun = begun + 1
        local err = failure(proxy._pyroBind, proxy)
        errors[i] = err.class
      end)
    end
    assert.is_true(served.soon(function()
      return errors[1] and errors[2]
    end))
    assert.are.same({ "SecurityError", "ConnectionClosedError" }, errors)
    assert.is_false(proxy._pyroConnection)
    proxy._pyroValidateHandshake = nil
    assert.are.equal(3, proxy:same(3))
  end)

  it("may be broken off amidst its validation", function()
    proxy._pyroValidateHandshake = function(self)
      self:_pyroRelease()
    end
    assert.are.equal("ConnectionClosedError", failure(proxy._pyroBind, proxy).class)
    proxy._pyroValidateHandshake = function()
      daemon:close()
      pyro.sleep(0.1)
    end
    assert.are.equal("ConnectionClosedError", failure(proxy._pyroBind, proxy).class)
  end)
end)

describe("a proxy's language", function()
  local ACCEPTED = tostring(pyro.config.SERIALIZERS_ACCEPTED)
  local proxy, object

  before_each(function()
    object = { same = function(_, value)
      return value
    end }
    proxy = served.open(object)
  end)

  after_each(function()
    pyro.config.SERIALIZERS_ACCEPTED = ACCEPTED
    pyro.config.SERIALIZER = "auto"
    served.close()
  end)

  it("is the protocol that was chosen, by it or for all", function()
    for _, protocol in ipairs { 48, 502 } do
      local own <close> = pyro.Proxy(proxy._pyroUri, { protocol = protocol })
      assert.are.same({ 1, "two", { three = 3 } }, own:same { 1, "two", { three = 3 } })
      assert.are.equal(protocol, own._pyroProtocol)
      pyro.config.PROTOCOL = protocol
      local other <close> = pyro.Proxy(proxy._pyroUri)
      pcall(other._pyroBind, other)
      pyro.config.PROTOCOL = 0
      assert.are.equal(protocol, other._pyroProtocol)
    end
  end)

  it("is msgpack, but serpent where the server does not take that", function()
    assert.are.equal(1, proxy:same(1))
    pyro.config.SERIALIZERS_ACCEPTED = "serpent"
    local own <close> = pyro.Proxy(proxy._pyroUri)
    assert.are.equal("text", own:same "text")
    pyro.config.SERIALIZERS_ACCEPTED = "msgpack" -- its server changes its mind
    own:_pyroRelease()
    assert.are.equal("text", own:same "text")
  end)

  it("ends at pickle or json where the server takes nothing else, and begins there the next time", function()
    pyro.config.SERIALIZERS_ACCEPTED = "pickle"
    function object:serializer()
      return pyro.current_context.serializer_id
    end
    local own <close> = pyro.Proxy(proxy._pyroUri)
    assert.are.equal(4, own:serializer())
    assert.are.equal(48, own._pyroProtocol)
    own:_pyroRelease()
    assert.are.equal(4, own:serializer())
    pyro.config.SERIALIZERS_ACCEPTED = "serpent" -- its server changes its mind
    own:_pyroRelease()
    assert.are.equal(1, own:serializer())
    pyro.config.SERIALIZERS_ACCEPTED = "json"
    own:_pyroRelease()
    assert.are.equal(2, own:serializer())
    pyro.config.SERIALIZERS_ACCEPTED = "marshal,dill" -- which it does not try
    local other <close> = pyro.Proxy(proxy._pyroUri)
    assert.matches("message used serializer that is not accepted: 2 (json; choose another one by ",
      failure(other._pyroBind, other).message, 1, true)
  end)

  it("is one that has the serializer which was chosen", function()
    for _, serializer in ipairs { "pickle", "cloudpickle", "dill" } do
      local lacking = "^ValueError: protocol 502 %(Pyro5%) has no " .. serializer
        .. "; choose another serializer$"
      local own <close> = pyro.Proxy("PYRO:nobody@localhost:1", { protocol = 502, serializer = serializer })
      assert.matches(lacking, tostring(failure(own._pyroBind, own))) -- it was not even connected
      own._pyroSerializer = "serpent"
      local other <close> = pyro.Proxy(proxy._pyroUri, { protocol = 502 })
      assert.are.equal(1, other:same(1))
      assert.matches(lacking, tostring(failure(function()
        other._pyroSerializer = serializer
      end)))
      assert.are.equal(1, other:same(1))
    end
  end)

  it("is the serializer that was chosen, also when that is not taken", function()
    pyro.config.SERIALIZERS_ACCEPTED = "serpent"
    local own <close> = pyro.Proxy(proxy._pyroUri, { serializer = "msgpack" })
    local advice = "rejected: message used serializer that is not accepted: 6 (msgpack; choose another one by "
      .. "SERIALIZER or _pyroSerializer, or have the server accept it)"
    assert.matches(advice, failure(own._pyroBind, own).message, 1, true)
    own._pyroSerializer = "serpent"
    assert.are.equal(1, own:same(1))
    own._pyroSerializer = "msgpack" -- on the same connection
    local err = failure(own.same, own, 1)
    assert.are.equal("SerializeError", err.class)
    assert.matches("message used serializer that is not accepted: 6", err.message, 1, true)
    own._pyroSerializer = "serpent"
    assert.are.equal(2, own:same(2))
    pyro.config.SERIALIZER = "msgpack"
    local other <close> = pyro.Proxy(proxy._pyroUri)
    assert.matches(advice, failure(other._pyroBind, other).message, 1, true)
  end)
end)

describe("proxies", function()
  after_each(served.close)

  it("find a server that has moved where they name it, not once they are bound", function()
    local names = require("pyro.core").new_nameserver { host = "localhost", port = 0 }
    local port = names.locationStr:match ":(%d+)$"
    local ns = pyro.locateNS("localhost", tonumber(port))
    local function serve(place)
      local daemon = pyro.Daemon {}
      ns:register("mover", daemon:register { where = function()
        return place
      end })
      return daemon
    end
    local there = serve "there"
    local uri = "PYRONAME:mover@localhost:" .. port
    local named, bound, patient = pyro.Proxy(uri), pyro.Proxy(uri), pyro.Proxy(uri, { retries = 1 })
    bound:_pyroBind()
    for _, proxy in ipairs { named, bound, patient } do
      assert.are.equal("there", proxy:where())
    end
    there:close()
    local here = serve "here"
    assert.are.equal("here", patient:where())
    pcall(named.where, named) -- which may find the connection broken
    assert.are.equal("here", named:where())
    for _ = 1, 2 do
      local err = served.failure(function()
        return bound:where()
      end)
      assert.matches("^Co%a+Error$", err.class)
    end
    for _, proxy in ipairs { named, bound, patient, ns } do
      proxy:_pyroRelease()
    end
    here:close()
    names:close()
  end)

  it("leave nothing open when they are collected", function()
    local proxy = served.open { same = function(_, value)
      return value
    end }
    proxy:same(0)
    collectgarbage()
    local before = served.open_files()
    for round = 1, 10 do
      for i = 1, 100 do
        local own = pyro.Proxy(proxy._pyroUri, { handshake = { i } })
        own._pyroValidateHandshake = function()
          return own
        end
        assert.are.equal(i, own:same(i))
        if round == 1 then
          pyro.Proxy("PYRO:never@localhost:" .. i) -- never connected
        end
      end
      collectgarbage()
      collectgarbage()
    end
    assert.is_true(served.soon(function()
      return served.open_files() <= before + 2
    end))
  end)

  it("that are over sockets refuse what is none", function()
    local first, second = pyro.socketpair()
    local own = pyro.Proxy("object", { connected_socket = first })
    assert.are.equal("PYRO:object@<<connected-socket>>:0", tostring(own._pyroUri))
    assert.matches("no connected stream socket", failure(pyro.Proxy, "object", { connected_socket = 1000 }).message)
    for _, descriptor in ipairs { -1, 1 << 32 } do
      assert.matches("a descriptor is not negative", failure(pyro.Proxy, "object", { connected_socket = descriptor }))
    end
    own:_pyroRelease()
    assert.matches("the connected socket has been closed", failure(own._pyroBind, own).message, 1, true)
    local other = pyro.Proxy("object", { connected_socket = second })
    assert.are.equal("ConnectionClosedError", failure(other._pyroBind, other).class)
  end)
end)
