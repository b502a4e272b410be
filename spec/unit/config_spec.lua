--- pyro.config: what settings take and give in Lua.
local pyro = require "pyro"

describe("pyro.config", function()
  after_each(function()
    pyro.config.reset(false)
  end)

  it("takes lists as lists, as sets and as strings", function()
    for _, value in ipairs { { "serpent", "json" }, pyro.set { "serpent", "json" }, "serpent, json" } do
      pyro.config.SERIALIZERS_ACCEPTED = value
      assert.are.same({ "serpent", "json" }, { table.unpack(pyro.config.SERIALIZERS_ACCEPTED) })
      assert.are.equal("serpent, json", tostring(pyro.config.SERIALIZERS_ACCEPTED))
      pyro.config.reset(false)
    end
    pyro.config.BROADCAST_ADDRS = { "127.0.0.1" }
    assert.are.equal(1, #pyro.config.BROADCAST_ADDRS)
    pyro.config.BROADCAST_ADDRS = pyro.config.BROADCAST_ADDRS
    assert.are.equal("127.0.0.1", pyro.config.BROADCAST_ADDRS[1])
    for _, nothing in ipairs { {}, "", " " } do
      pyro.config.BROADCAST_ADDRS = nothing
      assert.are.equal(0, #pyro.config.BROADCAST_ADDRS)
      assert.are.equal("", tostring(pyro.config.BROADCAST_ADDRS))
    end
    pyro.config.BROADCAST_ADDRS = "127.0.0.1,"
    assert.are.same({ "127.0.0.1" }, { table.unpack(pyro.config.BROADCAST_ADDRS) })
  end)

  it("refuses lists that do not fit", function()
    for _, value in ipairs { { "json", 5 }, { false }, 5, false } do
      local ok, err = pcall(function()
        pyro.config.SERIALIZERS_ACCEPTED = value
      end)
      assert.is_false(ok)
      assert.are.equal("TypeError", err.class)
    end
    for _, value in ipairs { {}, { "json", "nonsense" }, { "nonsense" } } do
      local ok, err = pcall(function()
        pyro.config.SERIALIZERS_ACCEPTED = value
      end)
      assert.is_false(ok)
      assert.matches("^ValueError: invalid value: SERIALIZERS_ACCEPTED=", tostring(err))
    end
    assert.are.equal(7, #pyro.config.SERIALIZERS_ACCEPTED)
  end)

  it("gives lists that cannot be changed in place", function()
    local accepted = pyro.config.SERIALIZERS_ACCEPTED
    assert.has_error(function()
      table.insert(accepted, "x")
    end, "to change the setting SERIALIZERS_ACCEPTED, assign a new list to it")
    local elements = {}
    for i, name in ipairs(accepted) do
      elements[i] = name
    end
    assert.are.equal("serpent,marshal,json,msgpack,pickle,cloudpickle,dill", table.concat(elements, ","))
  end)

  it("calls a setting by its name, and asks which one was meant", function()
    local _, err = pcall(function()
      pyro.config.NS_PORT = 70000
    end)
    assert.are.equal("ValueError: invalid value: NS_PORT=70000 (0 to 65535)", tostring(err))
    _, err = pcall(function()
      return pyro.config.COMMTIMEOT
    end)
    assert.matches("there is no config item 'COMMTIMEOT'; did you mean COMMTIMEOUT%?$", err)
  end)

  it("logs as the settings say at the time", function()
    local path = os.tmpname()
    pyro.config.LOGFILE, pyro.config.LOGLEVEL, pyro.config.LOGWIRE = path, "DEBUG", true
    local daemon <close> = pyro.Daemon { host = "127.0.0.1" }
    pyro.Proxy(daemon:uriFor "Pyro.Daemon"):ping()
    pyro.config.LOGLEVEL = nil
    local file = assert(io.open(path))
    local text = file:read "a"
    file:close()
    os.remove(path)
    assert.matches("DEBUG%]", text)
  end)

  it("refuses what is no HMAC key, and shows none", function()
    local naming = require "pyro.naming"
    local daemon <close> = pyro.Daemon { host = "127.0.0.1" }
    local proxy = daemon:proxyFor "Pyro.Daemon"
    local secret = { "secret" }
    for message, ask in pairs {
      ["an HMAC key must be a string or nil, not a table"] = function() proxy._pyroHmacKey = secret end,
      ["an HMAC key must be a string or nil, not a number"] = function() daemon._pyroHmacKey = 5 end,
      ["an HMAC key must be a string or nil, not a boolean"] = function()
        pyro.Proxy(proxy._pyroUri, { hmac_key = true })
      end,
      ["option 'hmac_key' must be string or nil, got table"] = function() pyro.Daemon { hmac_key = secret } end,
      ["option 'hmac' must be string or nil, got table"] = function() naming.startNS { hmac = secret } end,
      ["the HMAC key must be string or nil, got table"] = function() pyro.locateNS("127.0.0.1", 1, nil, secret) end,
      ["unknown option 'key' (known: host port hmac_key)"] = function() pyro.locateNS { key = "secret" } end,
    } do
      local ok, err = pcall(ask)
      assert.is_false(ok)
      assert.are.equal(message, (tostring(err):gsub("^[^:]*:%d+: ", "")))
    end
  end)

  it("does not show secrets, but whether there is one", function()
    assert.matches("\nHMAC_KEY = None\n", pyro.config.dump())
    pyro.config.HMAC_KEY = "the key"
    local dump = tostring(pyro.config)
    assert.are.equal("the key", pyro.config.HMAC_KEY)
    pyro.config.HMAC_KEY = nil
    assert.matches("\nHMAC_KEY = %(a secret%)\n", dump)
    assert.is_nil(dump:find("the key", 1, true))
  end)
end)
