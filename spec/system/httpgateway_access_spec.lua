--- Who may use the HTTP gateway, and what its servers learn of them.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local daemon = pyro.Daemon {}
  local Desk = {}
  function Desk:who()
    local told = pyro.current_context.annotations
    return (told.GWUS or "nobody") .. " at " .. told.GWAD:gsub(":%d+$", "")
  end
  function Desk:close() return "closed" end
  function Desk:open() return "open" end
  pyro.attributes(Desk, "motto")
  Desk.motto = "calm"
  function daemon:authorize(connection, object, method)
    local told = pyro.current_context.annotations
    return method ~= "close" or connection.address:find "^127%.0%.0%.1:" and told.GWUS == "anna"
  end
  pyro.locateNS():register("http.desk", daemon:register(Desk))
  pyro.locateNS():register("http.other", daemon:register { who = Desk.who })
  pyro.locateNS():register("own.thing", "PYRO:thing@localhost:1")
  print "READY"
  daemon:requestLoop()
]]

local FORBIDDEN = "403 Forbidden - access to the requested object has been denied"
local NO_KEY = "403 Forbidden - incorrect gateway api key"

describe("The HTTP gateway", function()
  local names

  setup(function()
    local _
    _, names = peers.name_server "Lua"
    peers.start("Lua", { "-e", SERVER, env = names }):expect "READY"
  end)

  teardown(process.stop_all)

  local function start(words, env)
    env = env or {}
    for name, value in pairs(names) do
      env[name] = value
    end
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = env, table.unpack(words) })
    return tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n"), gateway
  end

  local function ask(port, path, key)
    local answer = http.ask(port, { "/pyro/" .. path, headers = { ["X-Pyro-Gateway-Key"] = key } })
    return answer.body, answer.status
  end

  it("knows users by their keys, and tells servers", function()
    local keys = process.file("keys", "# users\n\n  anna  KEY-OF-ANNA \nbob key-of-bob\r\nanna another\n")
    local port = start({ "--keys", keys, "-g", "common" })
    for key, user in pairs { ["KEY-OF-ANNA"] = "anna", another = "anna", ["key-of-bob"] = "bob", common = "gateway" } do
      assert.equal(('"%s at 127.0.0.1"'):format(user), ask(port, "http.desk/who", key))
    end
    assert.equal('"anna at 127.0.0.1"', ask(port, "http.desk/who?$key=another"))
    for _, key in ipairs { "", "key-of-anna", "anna", "#" } do
      assert.are.same({ NO_KEY, 403 }, { ask(port, "http.desk/who", key) })
    end
    assert.equal('"nobody at 127.0.0.1"', ask((start {}), "http.desk/who"))
  end)

  it("leaves it to servers whom they trust", function()
    local port = start({ "--keys", process.file("keys", "anna A\nbob B\n") })
    assert.equal('"closed"', ask(port, "http.desk/close", "A"))
    local body, status = ask(port, "http.desk/close", "B")
    assert.equal(500, status)
    assert.matches('"__class__": "builtins.PermissionError"', body, 1, true)
  end)

  --- Returns the lines of a gateway's log about refusals, without their times and ports.
  local function refusals(gateway)
    local lines = {}
    for line in gateway.err:gmatch "%[[^\n]-,(pyrolua[^\n]*: 4%d%d: [^\n]*)\n" do
      lines[#lines + 1] = line:gsub("127.0.0.1:%d+:", "client:")
    end
    return lines
  end

  it("logs whom it refuses, and why", function()
    local port, gateway = start({ "-g", "sesame" }, { PYROLUA_LOGLEVEL = "INFO", PYROLUA_LOGFILE = "{stderr}" })
    ask(port, "http.desk/who", "guess")
    ask(port, "http.desk/who?$key=guess")
    ask(port, "openapi.json")
    http.ask(port, { "/overview/events", headers = { ["X-Pyro-Gateway-Key"] = "guess" } })
    ask(port, "own.thing/x", "sesame")
    http.ask(port, { "/overview/object?name=own.%0athing", headers = { ["X-Pyro-Gateway-Key"] = "sesame" } })
    ask(port, ("x"):rep(300) .. "/y", "sesame")
    http.ask(port, { "/pyro/http.desk/who", headers = { Origin = "http://evil.example" } })
    http.ask(port, { "/pyro/http.desk/who", headers = { ["Sec-Fetch-Site"] = "cross-site" } })
    http.ask(port, { "/pyro/", headers = { Origin = "http://evil.example" } })
    http.ask(port, { "/", headers = { Host = "evil.example" } })
    assert.equal(200, select(2, ask(port, "http.desk/who", "sesame")))
    gateway:kill "sigterm"
    gateway:wait()
    local foreign = "pyrolua.http,INFO] client: 403: pages of this origin may not use the gateway "
    assert.are.same({
      "pyrolua.http,WARNING] client: 403: the key is wrong",
      "pyrolua.http,WARNING] client: 403: the key is wrong",
      "pyrolua.http,WARNING] client: 403: there is no key",
      "pyrolua.http,WARNING] client: 403: the key is wrong",
      "pyrolua.http,INFO] client: 403: 'own.thing' is not exposed",
      "pyrolua.http,INFO] client: 403: 'own.\\x0athing' is not exposed",
      ("pyrolua.http,INFO] client: 403: '%s...' is not exposed"):format(("x"):rep(255)),
      foreign .. "(Origin: http://evil.example)",
      foreign .. "(Sec-Fetch-Site: cross-site)",
      "pyrolua.http,INFO] client: 421: this gateway is not 'evil.example'",
    }, refusals(gateway))
    assert.is_nil(gateway.output:find("guess", 1, true))
    assert.is_nil(gateway.output:find("sesame", 1, true))
  end)

  it("logs a few of many guesses of keys, and how many there were, by default", function()
    local port, gateway = start { "-g", "sesame" }
    for i = 1, 100 do
      ask(port, "http.desk/who", "guess" .. i)
    end
    ask(port, "own.thing/x", "sesame")
    gateway:kill "sigterm"
    gateway:wait()
    local lines = #refusals(gateway)
    local counted = 0
    for count in gateway.err:gmatch "WARNING%] (%d+) more requests refused, as they have no key of the gateway\n" do
      counted = counted + tonumber(count)
    end
    assert.equal(100, lines + counted)
    assert.is_true(counted > 0, gateway.err)
    assert.is_nil(gateway.err:find("exposed", 1, true))
  end)

  it("reads keys again when they change", function()
    local path = process.file("keys", "anna A\n")
    local port, gateway = start { "--keys", path }
    assert.equal('"anna at 127.0.0.1"', ask(port, "http.desk/who", "A"))
    process.file("keys", "bob B\n")
    assert.is_true(process.run_until(function()
      return ask(port, "http.desk/who", "B") == '"bob at 127.0.0.1"'
    end))
    assert.equal(NO_KEY, ask(port, "http.desk/who", "A"))
    process.file("keys", "nonsense-SECRET\n")
    assert.is_truthy(process.run_until(function()
      ask(port, "http.desk/who", "B")
      return gateway.output:find "the keys stay as they were: .*keys:1: a line is a user and a key\n"
    end))
    assert.equal('"bob at 127.0.0.1"', ask(port, "http.desk/who", "B"))
    assert.is_nil(gateway.output:find "SECRET")
  end)

  it("refuses files of keys that make no sense", function()
    local function said(path)
      local program = peers.run("Lua", { "-m", "pyro.gateway", "--keys", path, env = names })
      assert.equal(1, program.code)
      return program.output:gsub("%S*/", "")
    end
    assert.equal("pyrolua: nokeys: No such file or directory\n", said "/nowhere/nokeys")
    assert.equal("pyrolua: keys:2: a line is a user and a key\n", said(process.file("keys", "anna A\nbob\n")))
    assert.equal("pyrolua: keys:1: a line is a user and a key\n", said(process.file("keys", "anna A B\n")))
    assert.equal("pyrolua: keys: a file of keys has at most 1048576 bytes\n",
      said(process.file("keys", ("# no key\n"):rep(200000))))
  end)

  it("serves only what its rules allow", function()
    local rules = process.file("gate.allow", [[
      deny http.desk close
      allow http.desk who user ann*
      allow http.desk motto
      allow http.desk open from 10.0.0.0/8
      allow http.other from 127.0.0.1
      allow Pyro.NameServer lookup name own*
      allow Pyro.NameServer count
    ]])
    local keys = process.file("keys", "anna A\nbob B\n")
    for _, env in ipairs { {}, { PYRO_ALLOW = rules } } do
      local words = { "--keys", keys, "-e", "", not env.PYRO_ALLOW and "--allow" or nil, rules }
      local port, gateway = start(env.PYRO_ALLOW and { "--keys", keys, "-e", "" } or words, env)
      assert.equal('"anna at 127.0.0.1"', ask(port, "http.desk/who", "A"))
      assert.are.same({ FORBIDDEN, 403 }, { ask(port, "http.desk/who", "B") })
      assert.equal('"calm"', ask(port, "http.desk/motto", "B"))
      assert.equal('{"methods": [], "attributes": ["motto"]}', ask(port, "http.desk/$meta", "B"))
      assert.equal('{"methods": ["who"], "attributes": ["motto"]}', ask(port, "http.desk/$meta", "A"))
      for _, path in ipairs { "http.desk/close", "http.desk/open", "http.desk/unknown", "http.nobody/who",
        "http.nobody/$meta", "own.thing/x", "Pyro.NameServer/list", "Pyro.NameServer/lookup?name=http.desk",
        "Pyro.NameServer/lookup", "Pyro.NameServer/remove?name=own.thing", ("x"):rep(1001) .. "/y",
        "http.other/" .. ("x"):rep(1001) } do
        assert.are.same({ FORBIDDEN, 403 }, { ask(port, path, "A") }, path)
      end
      assert.equal('"bob at 127.0.0.1"', ask(port, "http.other/who", "B"))
      assert.equal(200, select(2, ask(port, "Pyro.NameServer/lookup?name=own.thing", "B")))
      assert.equal("4", ask(port, "Pyro.NameServer/count", "B"))
      assert.matches("pyrolua.http,WARNING%] 127.0.0.1:%d+: 403: not allowed to call http.desk.close as anna: "
        .. "%S*gate.allow:1 denies it\n", gateway.output)
      assert.matches("not allowed to call http.desk.open as anna: no rule of %S*gate.allow allows it\n", gateway.output)
    end
  end)

  describe("tells its page", function()
    local port, keys, rules

    before_each(function()
      rules = process.file("gate.allow", "deny http.desk close\nallow http.desk user anna\nallow http.other\n")
      keys = process.file("keys", "anna A\nbob B\n")
      port = start { "--keys", keys, "--allow", rules, "-e", "" }
    end)

    --- Opens the events of a user.
    local function watch(key)
      return http.send(port, { "/overview/events", headers = { ["X-Pyro-Gateway-Key"] = key } })
    end

    local function describe_object(key, name)
      local answer = http.ask(port, { "/overview/object?name=" .. name, headers = { ["X-Pyro-Gateway-Key"] = key } })
      return answer.status, answer.body
    end

    it("of objects that the user may call", function()
      local anna, bob = watch "A", watch "B"
      http.expect(anna, '"names": %["http.desk", "http.other"%]')
      http.expect(bob, '"names": %["http.other"%]')
      ask(port, "http.desk/close", "A")
      local desk = peers.run("Lua", { "-e", 'local desk = pyro.Proxy "PYRONAME:http.desk"; pcall(desk.close, desk); '
        .. "print(pcall(desk.who, desk, pyro.kwargs { x = 1 }))", env = names })
      assert.equal(0, desk.code, desk.output)
      http.expect(anna, '"who": {')
      http.expect(bob, "data:.-data:.-data:", #bob.received)
      assert.is_nil(bob.received:find("desk", 1, true))
      assert.is_nil(anna.received:find('"close"', 1, true))
      assert.is_nil(anna.received:find("own.thing", 1, true))
      anna:close()
      bob:close()
      assert.equal(403, (describe_object("B", "http.desk")))
      local status, body = describe_object("A", "http.desk")
      assert.equal(200, status)
      assert.matches('"methods": %["open", "who"%]', body)
      assert.is_nil(body:find("close", 1, true))
    end)

    it("of others once rules allow that, and nothing once the key is gone", function()
      local bob = watch "B"
      http.expect(bob, '"names": %["http.other"%]')
      process.file("gate.allow", "allow http.*\n")
      http.expect(bob, '"names": %["http.desk", "http.other"%], "objects": {"http.desk": ')
      process.file("keys", "anna A\n")
      assert(bob:wait_closed())
      bob:close()
      assert.equal(403, (describe_object("B", "http.desk")))
    end)
  end)

  it("logs rules and keys that make no sense later", function()
    local rules = process.file("gate.allow", "allow http.desk\n")
    local keys = process.file("keys", "anna A\n")
    local port, gateway = start { "--keys", keys, "--allow", rules }
    process.file("gate.allow", "allow\n")
    process.file("keys", "nonsense\n")
    assert.is_truthy(process.run_until(function()
      ask(port, "http.desk/who", "A")
      return gateway.err:find "pyrolua.http,ERROR%] %S+gate.allow:1: the rule lacks an object; the rules stay"
        and gateway.err:find "pyrolua.http,WARNING%] the keys stay as they were: %S+keys:1: a line is a user and a key"
    end), gateway.err)
  end)

  it("does not start with rules that make no sense", function()
    local program = peers.run("Lua", { "-m", "pyro.gateway", "--allow", process.file("gate.allow", "allow\n"),
      env = names })
    assert.equal(1, program.code)
    assert.matches("gate.allow:1: the rule lacks an object\n", program.output, 1, true)
  end)
end)
