--- pyrolua top, where its output is no terminal: what it says of real servers.
local certificates = require "spec.support.certificates"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local name, port = ...
  local shop = {}
  function shop:visit() end
  function shop:fail() error(pyro.ValueError "sold out") end
  function shop:wait() pyro.sleep(0.3) end
  local daemon = pyro.Daemon { port = tonumber(port) }
  print(daemon:register(shop, name))
  daemon:requestLoop()]]

local NUMBER, NONZERO, NONE = " +([%d.]+)", " +[%d.]*[1-9][%d.]*", " +%-"

describe("pyrolua top", function()
  local env, names

  before_each(function()
    names = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = names:expect "Pyro.NameServer@localhost:(%d+)" }
  end)
  after_each(process.stop_all)
  teardown(certificates.remove)

  local function register(name, uri)
    local nsc = process.run_pyrolua { "-m", "pyro.nsc", "register", name, uri, env = env }
    assert.are.equal(0, nsc.code, nsc.output)
  end

  --- Starts a server; returns its URI, and the program.
  local function start_server(name, port, variables)
    local code = SERVER:gsub("%.%.%.", ("%q, %s"):format(name, port))
    local server = process.start_pyrolua { "-e", code, env = variables }
    return server:expect "(PYRO:[%w.]+@%S+)\n", server
  end

  --- Starts a server, and registers it.
  local function serve(name, port, variables)
    local uri, server = start_server(name, port, variables)
    register(name, uri)
    return uri, server
  end

  local function call(uri, method, times)
    process.run_pyrolua { "-e", ("local shop = pyro.Proxy '%s' for i = 1, %d do pcall(shop.%s, shop) end"):format(uri,
      times, method) }
  end

  local function start(...)
    return process.start_pyrolua { "top", env = env, ... }
  end

  --- Runs it to its end, and returns what it printed.
  local function run(...)
    local program = process.run_pyrolua { "top", env = env, ... }
    assert.are.equal("", program.err)
    assert.are.equal(0, program.code)
    return program.out
  end

  it("shows a line for each server, first since its start, then since the last look", function()
    local uri = serve "shop.fast"
    call(uri, "visit", 40)
    call(uri, "fail", 10)
    local top = start("shop", "-d", "0.5")
    assert.matches("^time     server +calls/s errs/s p50_ms p99_ms in_flight mem_MiB\n%d%d:%d%d:%d%d shop%.fast *"
      .. NUMBER:rep(6) .. "\n\n", top:expect "^.-\n\n")
    assert.is_true(tonumber((top.out:match("shop%.fast" .. NUMBER))) > 0)
    top:expect("shop%.fast +0%.0 +0%.0" .. NONE:rep(2) .. " +0" .. NUMBER .. "\n\n")
    call(uri, "wait", 1)
    local p50 = top:expect("shop%.fast" .. NONZERO .. " +0%.0" .. NUMBER:rep(2) .. " +[01] +[%d.]+\n\n")
    assert.is_true(tonumber(p50) >= 250)
    call(uri, "fail", 2)
    top:expect("shop%.fast" .. NONZERO:rep(2))
  end)

  it("shows methods", function()
    local one, two = serve "shop.one", serve "shop.two"
    call(one, "visit", 40)
    call(two, "fail", 20)
    local text = run("-n", "1", "-m")
    assert.matches("^time     method +server +calls/s errs/s p50_ms p99_ms in_flight\n", text)
    assert.matches("\n%S+ shop%.one%.visit +shop%.one" .. NUMBER .. " +0.0" .. NUMBER:rep(2) .. " +0\n", text)
    assert.matches("\n%S+ shop%.two%.fail +shop%.two" .. NUMBER:rep(4) .. " +0\n", text)
    assert.matches("\n%S+ Pyro%.NameServer%.register +Pyro%.NameServer" .. NUMBER, text)
    assert.is_nil(text:find "Daemon") -- it does not count its own looks
    local sum, count = 0, 0
    for calls in text:gmatch("shop%.%S+ +shop%.%S+" .. NUMBER) do
      sum, count = sum + tonumber(calls), count + 1
    end
    assert.are.equal(2, count)
    assert.is_true(sum > 0)
  end)

  it("keeps columns of long names, and of names with blanks", function()
    local long = ("long."):rep(8) .. "id"
    local server = process.start_pyrolua { "-e", ([[
      local object = { visit = function() end, ["look around"] = function() end }
      local daemon = pyro.Daemon()
      print(daemon:register(object, %q))
      daemon:requestLoop()]]):format(long) }
    local uri = server:expect "(PYRO:%S+)\n"
    register("a shop", uri)
    call(uri, "visit", 1)
    process.run_pyrolua { "-e", ("local shop = pyro.Proxy '%s' shop['look around'](shop)"):format(uri) }
    local text = run("-n", "1", "-m", "a shop")
    local heading, one, two = text:match "^([^\n]+)\n([^\n]+)\n([^\n]+)\n\n$"
    assert.matches("%d " .. long .. "%.look\\x20around +a\\x20shop" .. NUMBER:rep(5) .. "\n", text)
    assert.matches("%d " .. long .. "%.visit +a\\x20shop" .. NUMBER:rep(5) .. "\n", text)
    assert.are.same({ #heading, #heading }, { #one, #two })
  end)

  it("takes names, starts of names, and URIs; several names of a server are one", function()
    local one, two = serve "shop.one", serve "shop.two"
    register("shop.o", one)
    register("other", two)
    local function shown(...)
      local list = {}
      for name in run("-n", "1", ...):gmatch "%d%d:%d%d:%d%d (%S+)" do
        list[#list + 1] = name
      end
      table.sort(list)
      return table.concat(list, " ")
    end
    assert.are.equal("Pyro.NameServer other(+1) shop.o(+1)", shown())
    assert.are.equal("shop.o(+1) shop.two", shown "shop.")
    assert.are.equal("other shop.o", shown("other", "PYRONAME:shop.o"))
    assert.are.equal("shop.one", shown "shop.one")
    assert.are.equal("other", shown("PYRONAME:other@localhost:" .. env.PYRO_NS_PORT))
    assert.are.equal(one:match "@(.*)", shown(one))
    assert.are.equal("", shown "PYROMETA:cheap,good")
    process.run_pyrolua { "-m", "pyro.nsc", "setmeta", "other", "good", "cheap", env = env }
    assert.are.equal("other", shown "PYROMETA:cheap,good")
    env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = "1" } -- URIs need no name server
    assert.are.equal(one:match "@(.*)", shown(one))
  end)

  it("finds new names, and loses removed ones", function()
    serve "shop.one"
    local top = start("-d", "0.2", "shop.")
    top:expect "shop%.one +[%d.]+"
    serve "shop.two"
    top:expect "shop%.two +[%d.]+"
    process.run_pyrolua { "-m", "pyro.nsc", "remove", "shop.one", env = env }
    top:expect "p99_ms[^\n]*\n[%d:]+ shop%.two[^\n]*\n\n" -- and no other line
  end)

  it("says which servers do not answer, and goes on with others", function()
    local _, hung = serve "shop.hung"
    serve "shop.well"
    register("nobody", "PYRO:x@localhost:1")
    register("odd", "PYRONAME:shop.well")
    env.PYRO_COMMTIMEOUT = "1"
    local top = start("-d", "0.3")
    top:expect("shop%.hung" .. NUMBER)
    hung:kill "sigstop"
    finally(function()
      hung:kill "sigcont"
    end)
    local text = run("-n", "1")
    assert.matches("shop%.hung" .. NONE:rep(6) .. "  no answer\n", text)
    assert.matches("nobody" .. NONE:rep(6) .. "  cannot connect to [^\n]*: connection refused\n", text)
    assert.matches("shop%.well" .. NUMBER, text)
    assert.falsy(text:find " odd")
    for _ = 1, 10 do -- longer than it waits for an answer
      top:expect("shop%.well" .. NUMBER .. "[^\n]*\n%S+ nobody [^\n]*\n%S+ shop%.hung" .. NONE:rep(6)
        .. "  no answer\n\n")
    end
    hung:kill "sigcont"
    top:expect("shop%.hung" .. NUMBER)
  end)

  it("goes on without its name server", function()
    serve "shop.one"
    local top = start("-d", "0.3", "shop.")
    top:expect "shop%.one +[%d.]+"
    local port = env.PYRO_NS_PORT
    names:kill "sigterm"
    names:wait()
    top:expect "pyrolua: name server: [^\n]+\n"
    top:expect "shop%.one +[%d.]+"
    names = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", port, "-x" }
    names:expect "URI"
    serve "shop.two"
    top:expect "shop%.two +[%d.]+"
    local _, said = top.err:gsub("\n", "")
    assert.are.equal(1, said)
  end)

  it("begins anew with a server that was started again", function()
    local port = process.free_port()
    local uri, server = serve("shop.one", port)
    call(uri, "visit", 5000)
    local top = start("-d", "0.3", "shop.")
    top:expect("shop%.one" .. NUMBER)
    server:kill "sigterm"
    server:wait()
    top:expect("shop%.one" .. NONE:rep(6) .. "  %a[^\n]*\n")
    start_server("shop.one", port)
    top:expect("shop%.one" .. NUMBER:rep(2))
    call(uri, "visit", 20)
    top:expect("shop%.one" .. NONZERO)
    assert.falsy(top.out:find "shop%.one +%-%d")
  end)

  it("says that a stock Pyro has no statistics", function()
    for _, language in ipairs(peers.generations()) do
      local _, stock = peers.name_server(language)
      register("stock." .. language, "PYRO:Pyro.NameServer@localhost:" .. stock.PYRO_NS_PORT)
    end
    local text = run("-n", "2", "-d", "0.2", "stock.")
    for _, language in ipairs(peers.generations()) do
      local line = "[%d:]+ stock%." .. language .. NONE:rep(6) .. "  no statistics\n"
      assert.matches(line .. ".*" .. line, text)
    end
  end)

  it("shows totals where it may not see more", function()
    local rules = process.file("shop.allow", "allow shop.one")
    call(serve("shop.one", nil, { PYROLUA_ALLOW = rules }), "visit", 5)
    assert.matches("shop%.one +[1-9]", (run("-n", "1", "shop.")))
    assert.are.equal(1, select(2, run("-n", "1", "-m", "shop."):gsub("[^\n]+\n", "")))
  end)

  it("speaks TLS and signs messages as settings say", function()
    local uri = serve("shop.tls", nil, certificates.all(certificates.server(), { PYRO_HMAC_KEY = "secret" }))
    env = certificates.all(certificates.client(), { PYRO_HMAC_KEY = "secret" })
    assert.matches("localhost:%d+" .. NUMBER, (run("-n", "1", uri)))
    env.PYRO_HMAC_KEY = nil
    assert.matches("localhost:%d+" .. NONE:rep(6) .. "  [^\n]*HMAC", (run("-n", "1", uri)))
    env = {}
    assert.matches("localhost:%d+" .. NONE:rep(6) .. "  [^\n]*TLS", (run("-n", "1", uri)))
  end)

  it("shows nothing that a terminal would take for commands", function()
    local odd = peers.start("Pyro4", { "-c", [=[if True:
      import Pyro4
      class Odd(Pyro4.core.DaemonObject):
          @Pyro4.expose
          def stats(self, buckets=False):
              calls = {'calls': 1, 'errors': {}, 'in_flight': 0, 'buckets': [[1e-6, 1]]}
              return {'uptime': 1, 'memory': {'resident': 2**20}, 'calls': calls, 'methods': {'x\x1b[2J\n\x9by': calls}}
      class Broken(Pyro4.core.DaemonObject):
          @Pyro4.expose
          def stats(self, buckets=False):
              raise ValueError('\x1b]0;title\7\nnext')
      for kind in Odd, Broken:
          daemon = Pyro4.Daemon(interface=kind)
          print(daemon.uriFor("Pyro.Daemon"))
          import threading
          threading.Thread(target=daemon.requestLoop, daemon=kind is Odd).start()]=] })
    local uri, broken = odd:expect "(PYRO:%S+)\n(PYRO:%S+)\n"
    register("a\27[2Jb", uri)
    register("a.broken", broken)
    local text = run("-n", "1", "a")
    assert.matches("[%d:]+ a\\x1b%[2Jb +1%.0 +0%.0 +0%.001 +0%.001 +0 +1%.0\n", text)
    assert.matches("[%d:]+ a%.broken" .. NONE:rep(6) .. "  \\x1b%]0;title\\x07\\x0anext\n", text)
    assert.matches("[%d:]+ x\\x1b%[2J\\x0a\\xc2\\x9by +a\\x1b%[2Jb +1%.0", run("-n", "1", "-m", "a"))
  end)

  it("refuses statistics that make no sense, and does not ask for them soon again", function()
    local liar = peers.start("Pyro4", { "-c", [=[if True:
      import Pyro4
      class Liar(Pyro4.core.DaemonObject):
          @Pyro4.expose
          def stats(self, buckets=False):
              print("asked", flush=True)
              return {'calls': -1}
          @Pyro4.expose
          def ping(self):
              print("there", flush=True)
      daemon = Pyro4.Daemon(interface=Liar)
      print(daemon.uriFor("Pyro.Daemon"))
      daemon.requestLoop()]=] })
    register("a.liar", (liar:expect "(PYRO:%S+)\n"))
    local top = start("-d", "0.1", "a.liar")
    for _ = 1, 5 do
      top:expect("a%.liar" .. NONE:rep(6) .. "  malformed statistics\n")
    end
    liar:expect "asked\nthere\nthere\nthere\n"
  end)

  it("refuses malformed answers of a name server", function()
    local odd = peers.start("Pyro4", { "-c", [[if True:
      import Pyro4
      @Pyro4.expose
      class Odd(object):
          def ping(self): pass
          def list(self, prefix=None): return {5: 'PYRO:x@localhost:1'} if prefix == 'a' else prefix
      daemon = Pyro4.Daemon(host='localhost')
      print(daemon.register(Odd(), 'Pyro.NameServer'))
      daemon.requestLoop()]] })
    env.PYRO_NS_PORT = odd:expect "PYRO:Pyro.NameServer@localhost:(%d+)\n"
    for _, prefix in ipairs { "a", "b" } do
      local program = process.run_pyrolua { "top", prefix, env = env }
      assert.are.equal("pyrolua: ProtocolError: malformed answer of the name server\n", program.output)
    end
  end)

  it("writes each look at once, so that filters show it", function()
    serve "shop.one"
    local words = table.concat(process.pyrolua(), " ")
    local filter = process.start { "sh", "-c", words .. " top -d 0.2 | grep --line-buffered shop.one", env = env }
    filter:expect("shop%.one" .. NUMBER)
    filter:expect("shop%.one" .. NUMBER)
    local head = process.start { "sh", "-c", words .. " top -d 0.1 | head -1", env = env }
    head:expect "^time[^\n]*\n$"
    head:wait()
  end)

  it("prints lines on a terminal that can do no more, and of a single look", function()
    serve "shop.one"
    local function on_terminal(arguments, term)
      local variables = certificates.all(env, { TERM = term })
      local words = table.concat(process.pyrolua(), " ") .. " top -d 0.1 shop.one " .. arguments
      return process.run { "script", "-qfec", words, "/dev/null", env = variables }.out
    end
    assert.matches("^time [^\27]*\n[%d:]+ shop%.one[^\27]*\n[%d:]+ shop%.one[^\27]*$", on_terminal("-n 2", "dumb"))
    assert.matches("^time [^\27]*\n[%d:]+ shop%.one[^\27]*$", on_terminal("-n 1", "xterm"))
  end)

  it("tells in a line what is wrong, and fails", function()
    local function fails(pattern, ...)
      local program = process.run_pyrolua { "top", env = env, ... }
      assert.are.equal(1, program.code)
      assert.are.equal("", program.out)
      assert.matches("^pyrolua: " .. pattern .. "\n$", program.err)
      assert.is_nil(program.err:find("\n.", 1))
    end
    fails("NamingError: unknown name: nothing", "PYRONAME:nothing")
    fails("PyroError: invalid uri: 'PYRO:x'", "PYRO:x")
    fails("a delay is 0%.1 seconds or more, not '0'; pyrolua top %-%-help shows what there is", "-d", "0")
    fails("a count is 1 or more, not '1%.5'; pyrolua top %-%-help shows what there is", "-n", "1.5")
    env.PYRO_COMMTIMEOUT = "1"
    names:kill "sigstop"
    finally(function()
      names:kill "sigcont"
    end)
    fails "NamingError: Failed to locate the nameserver[^\n]*"
    env.PYRO_NS_PORT = "1"
    fails "NamingError: Failed to locate the nameserver[^\n]*"
  end)
end)

describe("pyrolua top --help", function()
  it("tells how to use it", function()
    local program = process.run_pyrolua { "top", "--help" }
    assert.are.equal(0, program.code)
    assert.matches("^Usage: pyrolua top ", program.out)
  end)
end)
