--- HMAC keys of proxies and daemons in one process.
local pyro = require "pyro"

describe("an HMAC key", function()
  local daemon, uri
  local Desk = {}

  function Desk:echo(value) -- luacheck: ignore
    return value
  end

  function Desk:passed() -- luacheck: ignore
    return pyro.Proxy("PYRO:other@localhost:1", { hmac_key = "another \0\xff key" })
  end

  before_each(function()
    pyro.config.LOGLEVEL, pyro.config.LOGFILE = "CRITICAL", "{stderr}"
    daemon = pyro.Daemon { host = "127.0.0.1", hmac_key = "secret" }
    uri = daemon:register(setmetatable({}, { __index = Desk }), "desk")
  end)

  after_each(function()
    pyro.config.reset()
    daemon:close()
  end)

  local function fails(message, f)
    local ok, err = pcall(f)
    assert.is_false(ok)
    assert.matches(message, tostring(err))
  end

  it("is a field, which copies and results of batches and futures keep", function()
    local proxy = pyro.Proxy(uri)
    assert.is_nil(proxy._pyroHmacKey)
    proxy._pyroHmacKey = "secret"
    assert.are.equal("secret", proxy._pyroHmacKey)
    assert.are.equal("secret", daemon._pyroHmacKey)
    assert.are.equal(1, proxy:echo(1))
    local copy = pyro.Proxy(proxy)
    assert.are.equal("secret", copy._pyroHmacKey)
    assert.are.equal(2, copy:echo(2))
    assert.are.equal(3, pyro.async(copy):echo(3).value)
    local batch = pyro.batch(copy)
    batch:echo(4)
    for value in batch() do
      assert.are.equal(4, value)
    end
  end)

  it("speaks protocol 48, whatever the setting PROTOCOL was found to be", function()
    local proxy = pyro.Proxy(uri, { hmac_key = "secret" })
    proxy:echo(1)
    assert.are.equal(48, proxy._pyroProtocol)
    pyro.config.PROTOCOL = 502
    fails("^ValueError: protocol 502 %(Pyro5%) has no HMAC: choose protocol 48, or take the HMAC key away$", function()
      return pyro.Proxy(uri, { hmac_key = "secret" }):echo(1)
    end)
  end)

  it("is the setting's where none is given, and none where it is empty", function()
    pyro.config.HMAC_KEY = "secret"
    assert.are.equal(1, pyro.Proxy(uri):echo(1))
    fails("message hmac mismatch: ", function()
      return pyro.Proxy(uri, { hmac_key = "other" }):echo(1)
    end)
    fails("hmac key config not symmetric: the message is signed, but this side has no HMAC key$", function()
      return pyro.Proxy(uri, { hmac_key = "" }):echo(1)
    end)
    daemon._pyroHmacKey = ""
    assert.are.equal(1, pyro.Proxy(uri, { hmac_key = "" }):echo(1))
    daemon._pyroHmacKey = nil
    assert.are.equal(1, pyro.Proxy(uri):echo(1))
  end)

  it("may have any bytes, and travels with its proxy", function()
    local proxy = pyro.Proxy(uri, { hmac_key = "secret" })
    for _, serializer in ipairs { "serpent", "json", "marshal", "msgpack", "pickle" } do
      proxy._pyroSerializer = serializer
      local other = proxy:passed()
      assert.are.equal("another \0\xff key", other._pyroHmacKey)
      assert.are.equal("another \0\xff key", proxy:echo(other)._pyroHmacKey)
      assert.is_nil(proxy:echo(pyro.Proxy "PYRO:other@localhost:1")._pyroHmacKey)
    end
    assert.is_nil(daemon:proxyFor("desk")._pyroHmacKey)
  end)

  it("does not travel in protocol 502, in which Pyro5 has no place for it", function()
    local plain <close> = pyro.Daemon { host = "127.0.0.1" }
    local proxy = pyro.Proxy(plain:register(setmetatable({}, { __index = Desk })), { protocol = 502 })
    assert.is_nil(proxy:passed()._pyroHmacKey)
  end)

  it("that a peer sends cannot turn the setting off, nor be malformed", function()
    local plain <close> = pyro.Daemon { host = "127.0.0.1", hmac_key = "" }
    local proxy = pyro.Proxy(plain:register(setmetatable({}, { __index = Desk })), { hmac_key = "", protocol = 48 })
    proxy._pyroSerializer = "serpent"
    local function state(key)
      return pyro.dict { __class__ = "Pyro4.core.Proxy", state = pyro.tuple {
        "PYRO:other@localhost:1", {}, {}, {}, 0.0, key, "hello", 0, pyro.null } }
    end
    assert.is_nil(proxy:echo(state(pyro.null))._pyroHmacKey)
    assert.is_nil(proxy:echo(state "")._pyroHmacKey)
    assert.is_nil(proxy:echo(state "b64:")._pyroHmacKey)
    assert.are.equal("key", proxy:echo(state "b64:a2V5")._pyroHmacKey)
    for _, key in ipairs { "secret", "b64:*", 5, true, { "b64:a2V5" } } do
      fails("^ProtocolError: hmac encoding error$", function()
        return proxy:echo(state(key))
      end)
    end
  end)

  it("signs on connected sockets, too", function()
    local one, two = pyro.socketpair()
    local served <close> = pyro.Daemon { connected_socket = one, hmac_key = "secret" }
    served:register(setmetatable({}, { __index = Desk }), "desk")
    local proxy = pyro.Proxy("desk", { connected_socket = two, hmac_key = "secret", protocol = 48 })
    assert.are.equal("socket", proxy:echo "socket")
    local three, four = pyro.socketpair()
    local refusing <close> = pyro.Daemon { connected_socket = three, hmac_key = "secret" }
    refusing:register(setmetatable({}, { __index = Desk }), "desk")
    fails("^ConnectionClosedError: ", function()
      return pyro.Proxy("desk", { connected_socket = four, protocol = 48 }):echo "socket"
    end)
  end)

  it("is told to those who decide about a connection", function()
    local told = {}
    function daemon:validateHandshake(connection) -- luacheck: ignore self
      told[#told + 1] = connection.hmac
    end
    pyro.Proxy(uri, { hmac_key = "secret" }):echo(1)
    daemon._pyroHmacKey = ""
    pyro.Proxy(uri, { hmac_key = "" }):echo(1)
    assert.are.same({ true, false }, told)
  end)

  it("is asked for in the log, and never shown there", function()
    local path = os.tmpname()
    pyro.config.LOGFILE, pyro.config.LOGLEVEL, pyro.config.LOGWIRE = path, "DEBUG", true
    pyro.Proxy(uri, { hmac_key = "secret" }):echo(1)
    pcall(function()
      return pyro.Proxy(uri, { hmac_key = "another one" }):echo(1)
    end)
    pyro.config.LOGFILE, pyro.config.LOGLEVEL, pyro.config.LOGWIRE = nil, nil, false
    local file = assert(io.open(path))
    local text = file:read "a"
    file:close()
    os.remove(path)
    assert.matches("handshake failed: message hmac mismatch: ", text)
    for _, key in ipairs { "secret", "another one" } do
      assert.is_nil(text:find(key, 1, true))
    end
  end)
end)
