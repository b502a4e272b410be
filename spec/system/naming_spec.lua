--- The programs pyrolua-ns and pyrolua-nsc.
local certificates = require "spec.support.certificates"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

--- Where the launchers find pyrolua when none is built beside them.
local PATH = process.build() .. ":" .. os.getenv "PATH"

local function start(...)
  return process.start_pyrolua { "-m", "pyro.naming", ... }
end

--- A name server that cannot start says why in one line.
local function refused(pattern, ...)
  local run = process.run_pyrolua { "-m", "pyro.naming", ... }
  assert.are.equal(1, run.code)
  assert.matches("^%a+: [^\n]*" .. pattern .. "[^\n]*\n$", run.err)
  assert.is_nil(run.out:find("NS running", 1, true))
end

--- Options that argparse refuses.
local function misused(pattern, module, ...)
  local run = process.run_pyrolua { "-m", module, ... }
  assert.are_not.equal(0, run.code)
  assert.are.equal("", run.out)
  assert.matches("^pyrolua: [^\n]*" .. pattern .. "[^\n]* %-%-help shows what there is\n$", run.err)
end

describe("pyrolua-ns", function()
  after_each(process.stop_all)

  it("starts as in the tutorial, and ends at control-c #r7 #r8", function()
    for _, command in ipairs { { "-m", "pyro.naming" }, { "scripts/pyrolua-ns", env = { PATH = PATH } } } do
      local port = tostring(process.free_port())
      table.move({ "-p", port }, 1, 2, #command + 1, command)
      local server = command[1] == "-m" and process.start_pyrolua(command)
        or process.start(command)
      server:expect("^Not starting broadcast server for localhost%.\nNS running on localhost:" .. port
        .. " %(127%.0%.0%.1%)\nURI = PYRO:Pyro%.NameServer@localhost:" .. port .. "\n")
      server:kill "sigint"
      assert.are.equal(0, server:wait())
      assert.matches("\nNS shut down%.\n$", server.out)
      assert.are.equal("", server.err)
    end
  end)

  it("listens at 9090, or where the environment says", function()
    local port = tostring(process.free_port())
    local server = process.start_pyrolua { "-m", "pyro.naming", env = { PYRO_NS_PORT = port } }
    server:expect("URI = PYRO:Pyro%.NameServer@localhost:" .. port)
    local configured = process.run_pyrolua { "-e", "print(require('pyro').config.NS_PORT)" }
    assert.are.equal("9090\n", configured.out)
  end)

  it("listens on a Unix socket #r8 #r36", function()
    local path = process.file("ns.sock", "")
    os.remove(path)
    local server = start("-u", path)
    server:expect("^NS running on ./u:" .. path .. " %(Unix domain socket%)\n"
      .. "URI = PYRO:Pyro%.NameServer@%./u:" .. path .. "\n")
    local list = peers.nsc("Lua", {}, { "-u", path, "list" })
    assert.matches("\nPyro%.NameServer %-%-> PYRO:Pyro%.NameServer@%./u:" .. path .. "\n", list.out)
    server:kill "sigterm"
    assert.are.equal(0, server:wait())
    assert.is_nil(io.open(path), "the socket's file is left behind")
  end)

  it("tells its address behind NAT #r8", function()
    local server = start("-p", "0", "--nathost", "outside.example", "--natport", "4444")
    local port = server:expect "NS running on localhost:(%d+) "
    server:expect("\ninternal URI = PYRO:Pyro%.NameServer@localhost:" .. port .. "\n"
      .. "external URI = PYRO:Pyro%.NameServer@outside%.example:4444\n")
    local found = peers.nsc("Lua", { PYRO_NS_PORT = port }, { "lookup", "Pyro.NameServer" })
    assert.matches("^PYRO:Pyro%.NameServer@outside%.example:4444\n", found.out)
  end)

  it("listens on IPv6, without broadcast #r7 #r8 #r36", function()
    local server = start("-n", "::1", "-p", "0")
    local port = server:expect(
      "^Not starting broadcast server for IPv6%.\nNS running on %[::1%]:(%d+) %(::1%)\nURI = ")
    assert.are.equal("Name server ping ok.\n", peers.nsc("Lua", {}, { "-n", "::1", "-p", port, "ping" }).out)
  end)

  it("warns of what is so where a network reaches it", function()
    local server = start("-n", "0.0.0.0", "-p", "0", "--bcport", "0")
    server:expect "URI = "
    assert.matches("\nWarning: anyone who reaches this port can register and remove names, [^\n]*\n", server.output)
    assert.is_nil(server.output:find("HMAC", 1, true))
    local here = start("-p", "0")
    here:expect "URI = "
    assert.is_nil(here.output:find("Warning", 1, true))
    local command = { "-m", "pyro.naming", "-n", "0.0.0.0", "-p", "0", "-x", env = certificates.server(true) }
    local known = process.start_pyrolua(command)
    known:expect "URI = "
    assert.is_nil(known.output:find("Warning", 1, true))
    local echo = process.start_pyrolua { "-m", "pyro.echoserver", "-H", "0.0.0.0" }
    echo:expect "running"
    assert.matches("\nWarning: anyone who reaches this port can call what is served, ", echo.output)
  end)

  it("refuses what it cannot do #r8", function()
    local server = start("-p", "0")
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    refused("localhost:" .. port .. ".*address already in use", "-p", port)
    refused("no%-such%-host%.invalid", "-n", "no-such-host.invalid")
    refused("192%.0%.2%.1", "-n", "192.0.2.1")
    refused("sql:/no/such/folder/names: unable to open database file", "-s", "sql:/no/such/folder/names")
    refused("the storage 'dbm:names' is not supported; .*share/pyrolua/import%-dbm", "-s", "dbm:names")
    refused("invalid storage type 'cloud'; there are memory, sql:FILE, redis://, rediss:// and redis%+sentinel://",
      "-s", "cloud")
    refused("/no/such/folder/ns%.sock", "-u", "/no/such/folder/ns.sock")
    refused("nathost", "--natport", "4444")
    misused("port", "pyro.naming", "-p", "many")
    misused("port", "pyro.naming", "-p", "70000")
    misused("unknown option '%-%-nonsense'", "pyro.naming", "--nonsense")
    misused("too many arguments", "pyro.naming", "argument")
  end)

  it("tells whoever makes a change that cannot be stored, and logs it", function()
    local file = process.file("names", "")
    os.remove(file)
    local server = start("-p", "0", "-s", "sql:" .. file)
    local env = { PYRO_NS_PORT = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n" }
    assert(os.rename(file, file .. ".moved"))
    local change = peers.nsc("Lua", env, { "register", "shop", "PYRO:shop@localhost:1" })
    assert.are.equal(1, change.code)
    assert.matches("NamingError %- sql:[^\n]+the file was removed or replaced", change.output)
    server:expect ",pyrolua%.naming,WARNING%] a change of shop is not stored: sql:[^\n]+removed or replaced"
  end)
end)

describe("pyrolua-nsc", function()
  after_each(process.stop_all)

  it("lists as in the tutorial #r9", function()
    local server = start("-p", "0")
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    for _, command in ipairs { { "build/pyrolua", "-m", "pyro.nsc" }, { "scripts/pyrolua-nsc" } } do
      command[1] = command[1]:gsub("^build", process.build())
      command[#command + 1] = "list"
      command.env = { PYRO_NS_PORT = port, PATH = PATH }
      local list = process.run(command)
      assert.are.equal("--------START LIST \nPyro.NameServer --> PYRO:Pyro.NameServer@localhost:" .. port
        .. "\n    metadata: ['class:Pyro4.naming.NameServer']\n--------END LIST \n", list.out)
      assert.are.equal(0, list.code)
    end
  end)

  it("takes the name server's place from options, and from the environment #r9", function()
    local server = start("-p", "0")
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    for _, run in ipairs {
      peers.nsc("Lua", {}, { "-n", "localhost", "-p", port, "ping" }),
      peers.nsc("Lua", {}, { "--host", "127.0.0.1", "--port", port, "ping" }),
      peers.nsc("Lua", { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = port }, { "ping" }),
    } do
      assert.are.equal("Name server ping ok.\n", run.output)
      assert.are.equal(0, run.code)
    end
  end)

  it("prints changes as they come", function()
    local server = start("-p", "0")
    local env = { PYRO_NS_PORT = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n" }
    local function nsc(...)
      assert.are.equal(0, peers.nsc("Lua", env, { ... }).code)
    end
    local watches = {}
    for i, words in ipairs { { "watch" }, { "watch", "a." } } do
      watches[i] = peers.start("Lua", { "-m", "pyro.nsc", env = env, table.unpack(words) })
    end
    -- Nothing says that they wait: change something until both have heard of it.
    local all, some = table.unpack(watches)
    local heard
    repeat
      nsc("register", "a.b", "PYRO:one@localhost:1")
      nsc("setmeta", "a.b", "tag")
      nsc("remove", "a.b")
      heard = process.run_until(function()
        return all.out:find "removed" and some.out:find "removed"
      end, 1)
    until heard
    nsc("register", "b.c", "PYRO:two@localhost:2")
    nsc("register", "a.c", "PYRO:two@localhost:2")
    all:expect "changed a%.b %-%-> PYRO:one@localhost:1\nremoved a%.b %-%-> PYRO:one@localhost:1\n"
    all:expect "registered b%.c %-%-> PYRO:two@localhost:2\nregistered a%.c %-%-> PYRO:two@localhost:2\n"
    some:expect "registered a%.c %-%-> PYRO:two@localhost:2\n"
    assert.is_nil(some.out:find("b.c", 1, true))
    server:kill "sigint" -- does not wait for those who watch
    assert.are.equal(0, server:wait())
    for _, watch in ipairs(watches) do
      assert.are.equal(1, watch:wait())
      assert.matches("\nError: [^\n]*\n$", watch.output)
    end
  end)

  it("says that Pyro's name servers tell of no changes", function()
    local _, env = peers.name_server "Pyro4"
    local run = peers.nsc("Lua", env, { "watch" })
    assert.are.equal("Error: NamingError - this name server tells of no changes; pyrolua's does\n", run.output)
    assert.are.equal(1, run.code)
  end)

  it("shows owners and leases with -v", function()
    local server = start("-p", "0")
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    local env = { PYRO_NS_PORT = port }
    assert.are.equal(0, process.run_pyrolua { "-e", [[
      local ns = pyro.locateNS()
      ns:publish("kept", "PYRO:one@localhost:1", "0a0b", 600)
      ns:register("plain", "PYRO:two@localhost:2")]], env = env }.code)
    local list = peers.nsc("Lua", env, { "list", "-v" }).out
    assert.matches("\nkept %-%-> PYRO:one@localhost:1\n    registered %d+ s ago, kept by 0a0b, [56]%d%d s left\n",
      list)
    assert.matches("\nplain %-%-> PYRO:two@localhost:2\n    registered %d+ s ago\n", list)
    assert.is_nil(peers.nsc("Lua", env, { "list" }).out:find("ago", 1, true))
  end)

  it("never finds another name server than was named", function()
    local server = start("-p", "0")
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    local env, nobody = { PYRO_NS_PORT = port }, tostring(process.free_port())
    for _, place in ipairs { { "-p", nobody }, { "-n", "localhost", "-p", nobody }, { "-n", "127.0.0.9" },
      { "-n", "::1", "-p", nobody }, { "-u", "/tmp/nobody.sock" } } do
      place[#place + 1] = "list"
      local run = peers.nsc("Lua", env, place)
      assert.matches("^Error: Failed to locate the nameserver[^\n]*\n$", run.output)
      assert.are.equal(1, run.code)
    end
    local script = "print(pcall(pyro.locateNS, nil, %s)) print(pcall(pyro.locateNS, '', %s))"
    local run = process.run_pyrolua { "-e", script:format(nobody, nobody), env = env }
    assert.matches("^false\tNamingError: [^\n]*\nfalse\tNamingError: [^\n]*\n$", run.output)
  end)

  it("shows what others registered in lines that do not steer a terminal", function()
    local server = start("-p", "0")
    local env = { PYRO_NS_PORT = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n" }
    local name, uri = "evil\27[2J\n\tgood\u{202e}\u{2028} --> x", "PYRO:a\27]0;title\7b@localhost:1"
    assert.are.equal(0, process.run_pyrolua {
      process.file("register.lua", [[
        local pyro = require "pyro"
        pyro.locateNS():register(arg[1], arg[2], { metadata = { arg[1] } })]]),
      name, uri, env = env }.code)
    for _, command in ipairs { { "list" }, { "listmatching", ".*" }, { "listmeta_any", name }, { "lookup", name },
      { "removematching", "evil", input = "n\n" }, { "register", name, uri }, { "lookup", name .. "!" },
      { "setmeta", name, "\27" }, { "list", name }, { "-v", "listmatching", name .. "(" }, { "remove", name } } do
      local run = peers.nsc("Lua", env, command, command.input)
      assert.is_nil(run.output:find "[^%C\n]", table.concat(command, " "))
      assert.is_nil(run.output:find("\n\tgood", 1, true))
      assert.is_nil(run.output:find "\u{202e}" or run.output:find "\u{2028}")
    end
  end)

  it("shows what it would remove, and removes that", function()
    local server = start("-p", "0")
    local env = { PYRO_NS_PORT = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n" }
    for _, name in ipairs { "one", "other", "two" } do
      peers.nsc("Lua", env, { "register", name, "PYRO:it@localhost:1" })
    end
    local shown = "--------START LIST - to be removed by regex 'o.*'\none --> PYRO:it@localhost:1\n"
      .. "other --> PYRO:it@localhost:1\n--------END LIST - to be removed by regex 'o.*'\n"
      .. "Potentially removing lots of items from the Name server. Are you sure (y/n)?"
    assert.are.equal(shown, peers.nsc("Lua", env, { "removematching", "o.*" }, "n\n").output)
    assert.are.equal(shown, peers.nsc("Lua", env, { "removematching", "o.*" }, "").output)
    local asked = peers.start("Lua", { "-m", "pyro.nsc", "removematching", "o.*", env = env })
    asked:expect "sure %(y/n%)%?"
    peers.nsc("Lua", env, { "register", "overlooked", "PYRO:it@localhost:1" })
    peers.nsc("Lua", env, { "remove", "one" })
    asked:write "y\n"
    asked:expect "1 items removed.\n"
    local left = peers.nsc("Lua", env, { "list" }).output
    assert.matches("\nPyro.NameServer [^\n]*\n[^\n]*\noverlooked [^\n]*\ntwo ", left)
    assert.are.equal("Nothing removed\n", peers.nsc("Lua", env, { "removematching", "Pyro.*" }).output)
  end)

  it("says sadly that there is no name server", function()
    local nobody = tostring(process.free_port())
    local run = peers.nsc("Lua", { PYRO_NS_PORT = nobody }, { "-v", "list" })
    assert.are.equal(("Locating name server...\nError: Failed to locate the nameserver; tried "
      .. "localhost:%s, 127.0.1.1:%s, broadcasts to <broadcast>, 0.0.0.0:9091; start one with pyrolua-ns, or say where "
      .. "it is by NS_HOST and NS_PORT\n"):format(nobody, nobody), run.output)
    assert.are.equal(1, run.code)
    run = peers.nsc("Lua", { PYRO_NS_PORT = nobody, PYRO_BROADCAST_ADDRS = "" }, { "list" })
    assert.matches("; tried localhost:%d+, 127.0.1.1:%d+; start one", run.output)
    run = peers.nsc("Lua", {}, { "-n", "localhost", "-p", nobody, "list" })
    assert.are.equal(("Error: Failed to locate the nameserver; tried localhost:%s; start one with pyrolua-ns, or "
      .. "say where it is by NS_HOST and NS_PORT\n"):format(nobody), run.output)
    assert.are.equal(1, run.code)
    run = peers.nsc("Lua", {}, { "-u", "/no/such/socket", "list" })
    assert.matches("; tried ./u:/no/such/socket; start one", run.output, 1, true)
  end)

  it("refuses commands that make no sense, before it looks for a name server #r9", function()
    local function wrong(text, ...)
      local run = peers.nsc("Lua", {}, { ... })
      assert.are.equal(("pyrolua: %s %s\n"):format((...), text), run.output)
      assert.are.equal(1, run.code)
    end
    wrong("requires one argument: pattern", "listmatching")
    wrong("requires at least one metadata tag argument", "listmeta_all")
    wrong("requires at least one metadata tag argument", "listmeta_any")
    wrong("requires at least one metadata tag argument", "yplookup_all")
    wrong("requires at least one metadata tag argument", "yplookup_any")
    wrong("requires one argument: name", "lookup", "a", "b")
    wrong("requires two arguments: name uri", "register", "a")
    wrong("requires one argument: name", "remove")
    wrong("requires one argument: pattern", "removematching")
    wrong("requires at least 2 arguments: uri and zero or more meta tags", "setmeta")
    wrong("takes at most one argument: prefix", "list", "too", "many")
    wrong("takes no arguments", "ping", "now")
    misused("invalid or missing command 'dance'", "pyro.nsc", "dance")
    misused("missing argument 'command'", "pyro.nsc")
    misused("unknown option '%-x'; pyrolua%-nsc", "pyro.nsc", "-x", "list")
    misused("unknown option '%-v'; pyrolua%-ns", "pyro.naming", "-v")
    misused("unknown option '%-%-prt'; did you mean '%-%-port'%? pyrolua%-ns", "pyro.naming", "--prt", "1")
  end)

  it("tells errors of the name server by its exit code too #r9", function()
    local _, env = peers.name_server "Lua"
    local run = peers.nsc("Lua", env, { "lookup", "nobody" })
    assert.are.equal("Error: NamingError - unknown name: nobody\n", run.output)
    assert.are.equal(1, run.code)
  end)

  it("says of malformed answers that they are", function()
    local server = process.start_pyrolua { "-e", [[
      local answers = { 5, pyro.dict { { "uri", {} } }, { a = 5 }, { a = { "uri" } } }
      local ns = { ping = function() end, remove = function(_, _) return "all" end }
      function ns.list(_, kwargs) return answers[tonumber(kwargs.prefix or kwargs.regex)] end
      function ns.lookup(_, name, _) return answers[tonumber(name)] end
      local daemon = pyro.Daemon {}
      pyro.spawn(print, daemon:register(ns, "Pyro.NameServer"))
      daemon:requestLoop()]] }
    local port = server:expect "PYRO:Pyro.NameServer@localhost:(%d+)"
    local function malformed(...)
      local run = process.run_pyrolua { "-m", "pyro.nsc", "-n", "localhost", "-p", port, ... }
      local last = run.output:gsub("^%-+START LIST [^\n]*\n", "")
      assert.are.equal("Error: ProtocolError - malformed answer of the name server\n", last)
      assert.are.equal(1, run.code)
    end
    for _, number in ipairs { "1", "2", "3", "4" } do
      malformed("list", number)
      malformed("lookup", number)
    end
    malformed("removematching", "1")
    malformed("removematching", "2")
    malformed("remove", "x")
  end)
end)

describe("serveSimple", function()
  after_each(process.stop_all)

  local function serve(options, env)
    return process.start_pyrolua { "-e", ([[
      local Thing = { __name = "Thing" }
      Thing.__index = Thing
      function Thing:whoami() return self.name end
      pyro.Daemon.serveSimple({
        [setmetatable({ name = "b" }, Thing)] = "name.b",
        [setmetatable({ name = "a" }, Thing)] = "name.a",
        [{ whoami = function() return "plain" end }] = false,
      }, %s)]]):format(options), env = env }
  end

  local OBJECT = "Object <__main__%.Thing object at 0x%x+>:\n    uri = "

  it("without a name server uses the names as ids #r24", function()
    local server = serve "{ ns = false }"
    server:expect("^Object <table object at 0x%x+>:\n    uri = PYRO:obj_%x+@localhost:%d+\n"
      .. OBJECT .. "PYRO:name%.a@localhost:%d+\n" .. OBJECT .. "PYRO:name%.b@localhost:%d+\n"
      .. "Pyro daemon running%.\n")
    server:kill "sigint"
    assert.are.equal(0, server:wait())
  end)

  it("shows a class as Python does", function()
    local server = process.start_pyrolua { "-e", [[
      local Thing = pyro.behavior { __name = "Thing" }
      pyro.Daemon.serveSimple({ [Thing] = "things" }, { ns = false })]] }
    server:expect "^Object <class '__main__.Thing'>:\n    uri = PYRO:things@localhost:%d+\n"
  end)

  it("registers the names with a name server, and leaves them there #r24", function()
    local _, env = peers.name_server "Lua"
    local server = serve("{}", env)
    server:expect("^Object <table object at 0x%x+>:\n    uri = PYRO:obj_%x+@localhost:%d+\n"
      .. OBJECT .. "PYRO:obj_%x+@localhost:%d+\n    name = name%.a\n"
      .. OBJECT .. "PYRO:obj_%x+@localhost:%d+\n    name = name%.b\n"
      .. "Pyro daemon running%.\n")
    local call = process.run_pyrolua { "-e", "print(pyro.Proxy 'PYRONAME:name.a':whoami())", env = env }
    assert.are.equal("a\n", call.output)
    server:kill "sigint"
    assert.are.equal(0, server:wait())
    assert.matches("\nname%.a %-%-> ", peers.nsc("Lua", env, { "list" }).out)
  end)

  it("listens where it is told, and may be silent", function()
    local port = process.free_port()
    local server = serve(("{ ns = false, host = '127.0.0.1', port = %d }"):format(port))
    server:expect("PYRO:name%.a@127%.0%.0%.1:" .. port)
    local busy = serve(("{ ns = false, port = %d }"):format(port))
    assert.are.equal(1, busy:wait())
    assert.matches("OSError: cannot listen on localhost:" .. port .. ": address already in use\n$", busy.err)
    local other = process.free_port()
    local quiet = serve(("{ ns = false, verbose = false, port = %d }"):format(other))
    assert.is_true(process.eventually(function()
      return process.run_pyrolua { "-e", ("print(pyro.Proxy 'PYRO:name.a@localhost:%d':whoami())"):format(other) }
        .out == "a\n"
    end))
    quiet:kill "sigint"
    assert.are.equal(0, quiet:wait())
    assert.are.equal("", quiet.output)
  end)

  it("fails without a name server", function()
    local server = serve("{}", { PYRO_NS_PORT = tostring(process.free_port()) })
    assert.are.equal(1, server:wait())
    assert.matches("NamingError: Failed to locate the nameserver; tried [^\n]*\n", server.err)
    assert.are.equal("", server.out)
  end)
end)
