--- Rules that say who may call what, in real programs: checking them, starting with them, changing
--- them; and what the log says of calls that they refuse.
local certificates = require "spec.support.certificates"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local SHOP = [[
  local shop = {}
  function shop:list() return { "bike" } end
  function shop:buy(what) return "a " .. what end
  local daemon = pyro.Daemon {}
  print(daemon:register(shop, "shop"))
  daemon:requestLoop()]]

after_each(process.stop_all)

describe("pyrolua allow --check", function()
  local RULES = [[
# The shop.
deny shop close
allow shop list
  allow shop buy from 10.0.0.0/8   # us
allow shop "from" from unix
allow Pyro.NameServer register name shop* cert CN=worker*
]]

  local function check(...)
    return process.run_pyrolua { "allow", "--check", process.file("shop.allow", RULES), ... }
  end

  local function says(status, text, ...)
    local program = check(...)
    assert.are.equal("", program.err)
    assert.are.equal(text .. "\n", (program.out:gsub("%S*(shop%.allow)", "%1")))
    assert.are.equal(status, program.code)
  end

  it("says which rule decides", function()
    says(0, "allowed by shop.allow:3: allow shop list", "shop", "list")
    says(1, "denied by shop.allow:2: deny shop close", "shop", "close")
    says(1, "denied: no rule of shop.allow matches", "shop", "buy")
    says(1, "denied: no rule of shop.allow matches", "shop", "buy", "--from", "192.0.2.7")
    says(0, "allowed by shop.allow:4: allow shop buy from 10.0.0.0/8   # us", "shop", "buy", "--from",
      "10.1.2.3")
    says(0, "allowed by shop.allow:4: allow shop buy from 10.0.0.0/8   # us", "shop", "buy", "--from",
      "::ffff:10.1.2.3")
    says(0, 'allowed by shop.allow:5: allow shop "from" from unix', "shop", "from", "--from", "unix")
  end)

  it("takes names and certificates", function()
    local rule = "allow Pyro.NameServer register name shop* cert CN=worker*"
    says(0, "allowed by shop.allow:6: " .. rule, "Pyro.NameServer", "register", "--name", "shop.one",
      "--cert", "O=Example,CN=worker1")
    says(1, "denied: no rule of shop.allow matches", "Pyro.NameServer", "register", "--name", "shop.one")
    says(1, "denied: no rule of shop.allow matches", "Pyro.NameServer", "register", "--cert",
      "CN=worker1")
  end)

  it("takes users of a gateway", function()
    local file = process.file("users.allow", "allow shop user ann*\n")
    local function code(...)
      return process.run_pyrolua({ "allow", "--check", file, "shop", "list", ... }).code
    end
    assert.equal(0, code("--user", "anna"))
    assert.equal(1, code("--user", "bob"))
    assert.equal(1, code())
  end)

  it("has another exit status where it cannot tell", function()
    local function fails(message, ...)
      local program = process.run_pyrolua { "allow", ... }
      assert.are.equal("", program.out)
      assert.are.equal("pyrolua: " .. message .. "\n", program.err)
      assert.are.equal(2, program.code)
    end
    local file = process.file("wrong.allow", "allow shop\nalow shop\n")
    fails(file .. ":2: a rule begins with allow or deny, not 'alow'", "--check", file, "shop", "list")
    fails("/none: No such file or directory", "--check", "/none", "shop", "list")
    fails("'10.1' is no address; write one such as 10.1.2.3, fd00::1 or unix", "--check",
      process.file("good.allow", "allow shop\n"), "shop", "list", "--from", "10.1")
    fails("missing argument 'method'; pyrolua allow --help shows what there is", "--check", file, "shop")
    fails("missing option '--check'; pyrolua allow --help shows what there is", "shop", "list")
    fails("unknown option '--to'; pyrolua allow --help shows what there is", "--check", file, "--to")
  end)
end)

describe("a program with rules", function()
  it("does not start where they are wrong", function()
    local file = process.file("wrong.allow", "allow shop from everywhere\n")
    local message = file .. ":1: 'everywhere' is no address; write one such as 10.0.0.0/8, fd00::/8, unix or *"
    local shop = process.run_pyrolua { "-e", SHOP, env = { PYROLUA_ALLOW = file } }
    assert.are.equal("", shop.out)
    assert.matches("ValueError: " .. message:gsub("%p", "%%%0"), shop.err)
    for _, names in ipairs { { env = { PYROLUA_ALLOW = file } }, { "--allow", file } } do
      local command = { "-m", "pyro.naming", "-p", "0", env = names.env, table.unpack(names) }
      local server = process.run_pyrolua(command)
      assert.are.equal("pyrolua: " .. message .. "\n", server.err)
      assert.are.equal("", server.out)
      assert.are.equal(1, server.code)
    end
    local empty = process.run_pyrolua { "-e", SHOP, env = { PYROLUA_ALLOW = "" } }
    assert.matches("invalid value: PYROLUA_ALLOW= %(the path of a file%)", empty.err)
  end)

  it("reads them again when they change, and logs what it refuses", function()
    local file = process.file("shop.allow", "allow shop list\n")
    local server = process.start_pyrolua { "-e", SHOP, env = { PYRO_ALLOW = file } }
    local uri = server:expect "(PYRO:shop@%S+)\n"
    local function buy()
      return process.run_pyrolua { "call", uri, "buy", ":bike" }
    end
    assert.matches("PermissionError: not allowed to call shop.buy\n", buy().err)
    server:expect("WARNING%] 127%.0%.0%.1:%d+: not allowed to call shop%.buy: no rule of %S+ allows it\n")
    process.file("shop.allow", "allow shop\n")
    assert.truthy(process.run_until(function()
      return buy().out == '"a bike"\n'
    end))
    process.file("shop.allow", "allow shop from\n")
    assert.truthy(process.run_until(function()
      return buy().out ~= '"a bike"\n' or server.output:find "stay as they were"
    end))
    server:expect "ERROR%] %S+:1: nothing follows 'from'; the rules stay as they were\n"
    assert.are.equal('"a bike"\n', buy().out)
    process.file("shop.allow", "deny * # closed\n")
    assert.truthy(process.run_until(function()
      return buy().err:find "rejected: not allowed to connect"
    end))
    server:expect "handshake failed: not allowed to connect\n"
  end)

  it("closes a stranger, whatever it sends", function()
    local file = process.file("shop.allow", "allow shop from unix\n")
    local server = process.start_pyrolua { "-e", SHOP, env = { PYROLUA_ALLOW = file } }
    local port = tonumber((server:expect "PYRO:shop@localhost:(%d+)\n"))
    local program = process.run_pyrolua { "inspect", "PYRO:shop@localhost:" .. port }
    assert.matches("rejected: not allowed to connect\n", program.err)
    local peer = raw.connect(port)
    peer:send "PYRO"
    peer:close()
    server:expect "handshake failed: not allowed to connect\n"
  end)
end)

describe("a daemon that is busy", function()
  local BUSY = [[
    local shop, sold = {}, 0
    function shop:buy() sold = sold + 1 end
    function shop:sold() return sold end
    function shop:wait(path)
      print "BUSY"
      repeat local file = io.open(path) until file
    end
    local daemon = pyro.Daemon {}
    print(daemon:register(shop, "shop"))
    daemon:requestLoop()]]

  it("knows where those came from who have reset their connections since", function()
    local file = process.file("shop.allow", "allow shop sold\nallow shop wait\ndeny * from 127.0.0.0/8\nallow *\n")
    local server = process.start_pyrolua { "-e", BUSY, env = { PYROLUA_ALLOW = file } }
    local port = tonumber((server:expect "PYRO:shop@localhost:(%d+)\n"))
    local flag = file:gsub("shop%.allow$", "flag")
    local busy = raw.connect(port)
    busy:introduce "shop"
    busy:send(raw.message(raw.INVOKE, raw.call("shop", "wait", raw.list(raw.text(flag)))))
    server:expect "BUSY\n"
    local stranger = raw.connect(port)
    stranger:send(raw.hello "shop" .. raw.message(raw.INVOKE, raw.call("shop", "buy"), { flags = raw.ONEWAY }))
    stranger:reset()
    process.file("flag", "")
    server:expect "WARNING%] 127%.0%.0%.1:%d+: not allowed to call shop%.buy"
    assert.are.equal("0\n", process.run_pyrolua { "call", "PYRO:shop@localhost:" .. port, "sold" }.out)
  end)
end)

describe("a name server with rules", function()
  local RULES = [[
allow Pyro.NameServer ping
allow Pyro.NameServer lookup name shop*
allow Pyro.NameServer register name shop*
allow Pyro.NameServer list name shop*
]]

  local function nsc(port, ...)
    return process.run_pyrolua { "-m", "pyro.nsc", "-n", "localhost", "-p", port, ... }
  end

  for _, means in ipairs { "option", "setting" } do
    it("serves only what they allow: " .. means, function()
      local file = process.file("names.allow", RULES)
      local command = { "-m", "pyro.naming", "-p", "0" }
      if means == "option" then
        table.move({ "--allow", file }, 1, 2, 5, command)
      else
        command.env = { PYRO_ALLOW = file }
      end
      local server = process.start_pyrolua(command)
      local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
      assert.are.equal("Name server ping ok.\n", nsc(port, "ping").out)
      assert.are.equal(0, nsc(port, "register", "shop.one", "PYRO:shop@localhost:1").code)
      local other = nsc(port, "register", "other", "PYRO:shop@localhost:1")
      assert.matches("not allowed to call Pyro%.NameServer%.register with the name 'other'", other.output)
      local list = nsc(port, "list").output
      assert.matches("shop.one %-%-> PYRO:shop@localhost:1\n", list)
      assert.is_nil(list:find("NameServer -->", 1, true))
      assert.matches("not allowed to call Pyro%.NameServer%.remove", nsc(port, "remove", "shop.one").output)
      server:expect "register with the name 'other': no rule of %S+ allows it\n"
    end)
  end

  it("does not warn that everybody may change it", function()
    local file = process.file("names.allow", RULES)
    local server = process.start_pyrolua { "-m", "pyro.naming", "-n", "0.0.0.0", "-p", "0", "-x", "--allow", file }
    server:expect "URI = "
    assert.is_nil(server.output:find "Warning")
  end)
end)

describe("rules with cert", function()
  teardown(certificates.remove)

  local LIST = [[print(pcall(function() return pyro.Proxy(uri):list()[1] end))]]

  --- Returns what a client gets whose certificate has this subject, and the server.
  local function list(rules, subject)
    certificates.make("other", subject)
    local server = process.start_pyrolua { "-e", "pyro = require 'pyro' " .. SHOP, env = certificates.all(
      certificates.server(true), { PYROLUA_ALLOW = rules and process.file("shop.allow", rules) }) }
    local uri = server:expect "PYRO:shop@[^\n]+"
    local client = process.run_pyrolua { "-e", ("pyro = require 'pyro' uri = '%s' "):format(uri) .. LIST,
      env = certificates.client "other" }
    return client.output, server
  end

  it("are compared with all of a long subject", function()
    local long = ("/OU=" .. ("x"):rep(60)):rep(20)
    assert.matches("^false\tPermissionError: not allowed to call shop%.list\n",
      (list("deny shop list cert O=Evil\nallow shop", "/O=Evil" .. long .. "/CN=mallory")))
    assert.are.equal("true\tbike\n", (list("allow shop list cert O=Good\nallow shop info",
      "/O=Good" .. long .. "/CN=alice")))
  end)

  it("refuse one who comes with a subject that is too long", function()
    local output, server = list("deny shop list cert O=Evil\nallow shop",
      "/O=Evil" .. ("/OU=" .. ("x"):rep(60)):rep(70) .. "/CN=mallory")
    assert.matches("^false\t[^\n]*not allowed to connect: the certificate cannot be read\n", output)
    server:expect "handshake failed: not allowed to connect: the certificate cannot be read\n"
  end)

  it("are not needed to refuse one whose subject is too long: it would be taken for one without", function()
    local output = list(nil, "/O=Evil" .. ("/OU=" .. ("x"):rep(60)):rep(70) .. "/CN=mallory")
    assert.matches("^false\t[^\n]*not allowed to connect: the certificate cannot be read\n", output)
  end)

  it("are not met by how another subject is shown", function()
    local rules = "deny shop list cert CN=axc2x85\ndeny shop list cert CN=a85\nallow shop list cert CN=a\u{2028}\n"
      .. "allow shop info\nallow shop list cert \"CN=b, c=d\""
    assert.matches("^false\tPermissionError", (list(rules, "/CN=axc2x85")))
    assert.matches("^false\tPermissionError", (list(rules, "/CN=a\u{85}")))
    assert.are.equal("true\tbike\n", (list(rules, "/CN=a\u{2028}")))
    assert.are.equal("true\tbike\n", (list(rules, "/CN=b, c=d")))
    assert.matches("^false\tPermissionError", (list(rules, "/CN=b/OU=c=d")))
    assert.matches("^false\tPermissionError: not allowed to call shop%.list\n",
      (list("allow shop list cert CN=axc2x85\nallow shop info", "/CN=a\u{85}")))
  end)
end)
