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

  it("refuses HMAC keys wherever Pyro4 takes them", function()
    local naming = require "pyro.naming"
    local daemon <close> = pyro.Daemon { host = "127.0.0.1" }
    local proxy = daemon:proxyFor "Pyro.Daemon"
    for what, ask in pairs {
      proxy = function() proxy._pyroHmacKey = "secret" end,
      daemon = function() daemon._pyroHmacKey = "secret" end,
      ["option of a proxy"] = function() pyro.Proxy(proxy._pyroUri, { hmac_key = "secret" }) end,
      ["option of a daemon"] = function() pyro.Daemon { hmac_key = "secret" } end,
      ["name server"] = function() naming.startNS { hmac = "secret" } end,
      ["search for one"] = function() pyro.locateNS("127.0.0.1", 1, true, "secret") end,
    } do
      local ok, err = pcall(ask)
      assert.is_false(ok, what)
      assert.is_nil(tostring(err):find("secret", 1, true))
      assert.is_nil(tostring(err):find("locate the nameserver", 1, true))
    end
  end)

  it("refuses security that there is not", function()
    for name, value in pairs { HMAC_KEY = "secret" } do
      local ok, err = pcall(function()
        pyro.config[name] = value
      end)
      assert.is_false(ok)
      assert.matches("^ValueError: " .. name .. " asks for ", tostring(err))
    end
    pyro.config.HMAC_KEY = nil
  end)
end)
