--- pyrolua call, inspect, stats and stub: one-line uses of remote objects.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

local SERVER = [[
  local shop = { open = true, visits = 0 }
  function shop:visit(name) self.visits = self.visits + 1 return ("Hello %s"):format(name) end
  function shop:types(...)
    local kinds = {}
    for i, value in ipairs { ... } do kinds[i] = math.type(value) or type(value) end
    return kinds, { [1] = pyro.tuple { ... } }
  end
  function shop:named(n, given) return { n, size = given.size, color = given.color } end
  function shop:prices() return coroutine.wrap(function() for i = 1, 3 do coroutine.yield { i } end end) end
  function shop:fail() error(pyro.ValueError "sold out") end
  function shop:none() end
  function shop:data() return "\xff" end
  function shop:serializer() return pyro.current_context.serializer_id end
  function shop:slow() pyro.sleep(5) end
  function shop:note() end
  pyro.oneway(shop, "note")
  pyro.attributes(shop, "open", "visits")
  local daemon = pyro.Daemon {}
  print(daemon:register(shop, "the.shop"))
  daemon:requestLoop()]]

local METHODS = { "data", "fail", "named", "none", "note", "prices", "serializer", "slow", "types", "visit" }

--- Starts a daemon of Pyro4 with a method stats() that returns the value of a Python expression.
--- Returns its URI.
local function odd_statistics(expression)
  local server = peers.start("Pyro4", { "-c", ([[if True:
    import Pyro4
    class Odd(Pyro4.core.DaemonObject):
        @Pyro4.expose
        def stats(self, buckets=False):
            return %s
    daemon = Pyro4.Daemon(interface=Odd)
    print(daemon.uriFor("Pyro.Daemon"))
    daemon.requestLoop()]]):format(expression) })
  return (server:expect "(PYRO:Pyro%.Daemon@%S+)\n")
end

describe("the command", function()
  local uri

  before_each(function()
    local server = process.start_pyrolua { "-e", SERVER }
    uri = server:expect "(PYRO:the%.shop@%S+)\n"
  end)
  after_each(process.stop_all)

  local function run(...)
    return process.run_pyrolua { ... }
  end

  --- Runs it, and checks all that it prints.
  local function prints(text, ...)
    local program = run(...)
    assert.are.equal("", program.err)
    assert.are.equal(text, program.out)
    assert.are.equal(0, program.code)
  end

  --- Runs it, and checks that it fails with one line.
  local function fails(pattern, ...)
    local program = run(...)
    assert.are.equal(1, program.code)
    assert.are.equal("", program.out)
    assert.matches("^pyrolua: " .. pattern .. "\n$", program.err)
    assert.is_nil(program.err:find("\n.", 1))
  end

  it("call takes Lua expressions, and texts after a colon", function()
    prints('"Hello you"\n', "call", uri, "visit", '"you"')
    prints('"Hello  :odd \\"text\\""\n', "call", uri, "visit", ': :odd "text"')
    prints('"Hello "\n', "call", uri, "visit", ":")
    prints('pyro.tuple {\n  { "integer", "float", "boolean", "table", "string" },\n'
      .. '  { pyro.tuple { 7, -0.5, true, { a = 1 }, "\\xff" } }\n}\n',
      "call", uri, "types", "3 + 4", "-.5", "true", "{ a = 1 }", "'\\xff'")
    prints("nil\n", "call", uri, "none")
    for _, word in ipairs { "you", "you.txt" } do
      fails(("argument '%s': no global is named 'you'; a string begins with a colon, as in :text"):format(word), "call",
        uri, "visit", word)
    end
    fails("argument '1 %+': expression:1: unexpected symbol near <eof>", "call", uri, "visit", "1 +")
    fails("argument '1, 2' must be one value, not 2", "call", uri, "visit", "1, 2")
    fails("argument '' must be one value, not 0", "call", uri, "visit", "")
    fails("argument 'error%(5%)': 5", "call", uri, "visit", "error(5)")
  end)

  it("call takes named arguments", function()
    prints('pyro.dict { 1, color = "red", size = 2 }\n', "call", "--named", "size=1 + 1", uri, "named", "1",
      "-n", "color=:red")
    fails("named argument 'size': it has no '='; write NAME=VALUE", "call", "-n", "size", uri, "named")
  end)

  it("call prints JSON, and the items of a stream", function()
    prints('[["integer"], [[1]]]\n', "call", uri, "types", "1", "--json")
    prints("null\n", "call", "-j", uri, "none")
    prints("{ 1 }\n{ 2 }\n{ 3 }\n", "call", uri, "prices")
    prints("[1]\n[2]\n[3]\n", "call", "--json", uri, "prices")
    fails("SerializeError: value: .*bytes.*JsonSerializer; serpent.* can", "call", "--json", uri, "data")
  end)

  it("call tells what went wrong, in one line or with where that was", function()
    local program = run("call", uri, "fail")
    assert.are.equal(1, program.code)
    assert.are.equal("", program.out)
    assert.matches("^ %+%-%-%- This exception occured remotely.*in fail\n.*%-%-%- End of remote traceback\n"
      .. "pyrolua: ValueError: sold out\n$", program.err)
    fails("AttributeError: remote object '.*' has no exposed attribute or method 'nothing'", "call", uri, "nothing")
    fails("'open' is an attribute, not a method; pyrolua inspect shows what there is", "call", uri, "open")
    fails("CommunicationError: .*refused", "call", "PYRO:x@localhost:1", "visit")
    fails("PyroError: invalid uri: 'shop'; a name in the name server is PYRONAME:shop", "call", "shop", "visit")
    fails("TimeoutError: receiving: timeout: slow%(%) did not answer within 1 s", "call", "--timeout", "1", uri,
      "slow")
  end)

  it("call uses the serializer that it is told", function()
    for number, serializer in ipairs { "serpent", "json", "marshal", "pickle" } do
      prints(number .. "\n", "call", "-s", serializer, uri, "serializer")
    end
    assert.are.equal(1, run("call", "-s", "yaml", uri, "visit").code)
  end)

  it("inspect shows methods and attributes", function()
    local lines = ("  %s\n"):rep(#METHODS):format(table.unpack(METHODS)):gsub("note", "note (oneway)")
    prints(("%s (protocol 48)\nmethods:\n%sattributes:\n  open\n  visits\n"):format(uri, lines), "inspect", uri)
    local json = require "dkjson"
    assert.are.same({ uri = uri, protocol = 48, methods = METHODS, oneway = { "note" },
      attributes = { "open", "visits" }, docs = {} }, (json.decode(run("inspect", "--json", uri).out)))
    fails("CommunicationError: .*", "inspect", "PYRO:x@localhost:1")
  end)

  it("inspect and stub show what a server says of its members", function()
    local server = process.start_pyrolua { "-e", [[
      local daemon, desk = pyro.Daemon {}, { tell = print, note = print, plain = print, open = true }
      pyro.oneway(desk, "note")
      pyro.attributes(desk, "open")
      pyro.document(desk, { "A desk.", tell = "Tells.\n  More\27[2J.", note = "Notes.", open = "Now?" })
      print(daemon:register(desk, "desk"))
      daemon:requestLoop()]] }
    local desk = server:expect "(PYRO:desk@%S+)\n"
    prints(desk .. " (protocol 48)\nA desk.\nmethods:\n  note (oneway)\n      Notes.\n  plain\n  tell\n      Tells.\n"
      .. "        More\\x1b[2J.\nattributes:\n  open\n      Now?\n", "inspect", desk)
    local json = require "dkjson"
    assert.are.same({ [""] = "A desk.", tell = "Tells.\n  More\27[2J.", note = "Notes.", open = "Now?" },
      json.decode(run("inspect", "--json", desk).out).docs)
    local text = run("stub", desk).out
    for _, line in ipairs { "--- A desk. In a program: ",
      "---@field note fun(self: desk, ...: any) oneway: sends no answer; Notes.\n",
      "---@field plain fun(self: desk, ...: any): any\n",
      "---@field tell fun(self: desk, ...: any): any Tells. More\\x1b[2J.\n", "---@field open any Now?\n" } do
      assert.truthy(text:find("\n" .. line, 1, true), text)
    end
  end)

  it("stub writes annotations, which are a Lua file", function()
    local text = run("stub", uri).out
    assert.matches("^%-%-%-@meta\n", text)
    assert.matches("\n%-%-%-@class the%.shop: pyro%.Proxy\n", text)
    assert.matches("\n%-%-%-@field visit fun%(self: the%.shop, %.%.%.: any%): any\n", text)
    assert.matches("\n%-%-%-@field note fun%(self: the%.shop, %.%.%.: any%) oneway: sends no answer\n", text)
    assert.matches("\n%-%-%-@field open any\n", text)
    assert(load(text))
    assert.matches("@class Shop: pyro.Proxy\n", run("stub", "--class", "Shop", uri).out)
    assert.matches("a class's name is", run("stub", "--class", "a b", uri).err)
  end)

  it("stub writes no code that a server would have in it", function()
    local server = process.start_pyrolua { "-e", [[
      local daemon = pyro.Daemon {}
      print(daemon:register({ ["x\nos.exit(3) --"] = print, ["a\"]b"] = print }, "1-odd"))
      daemon:requestLoop()]] }
    local text = run("stub", (server:expect "(PYRO:1%-odd@%S+)\n")).out
    assert.matches('@field %["a\\x22%]b"%] fun%(self: object_1_odd', text)
    for line in text:gmatch "[^\n]+" do
      assert.matches("^%-%-%-", line)
    end
  end)

  it("stats shows what a server has counted, of names in the name server, too", function()
    for _ = 1, 3 do
      run("call", uri, "visit", ":you")
    end
    run("call", uri, "fail")
    local function check(...)
      local text = run("stats", ...).out
      assert.matches("\ncalls%.calls +%d+\n", text)
      assert.matches("\ncalls%.errors%.ValueError +1\n", text)
      assert.matches("\nmemory%.resident +%d+\n", text)
      assert.matches("\nuptime +%d+%.%d+\n\n", text)
      assert.matches("\n +calls in_flight +p50 +p99 +p999  method: errors\n", text)
      assert.matches("\n +1 +0 +[%d.]+ +[%d.]+ +[%d.]+  the%.shop%.fail: ValueError 1\n", text)
      assert.matches("\n +3 +0 +[%d.]+ +[%d.]+ +[%d.]+  the%.shop%.visit\n", text)
      assert.matches("^%S+ +%d+\n", text) -- and no line before
    end
    check(uri)
    local names = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    local env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = names:expect "Pyro.NameServer@localhost:(%d+)" }
    assert.are.equal(0, process.run_pyrolua({ "-m", "pyro.nsc", "register", "shop.one", uri, env = env }).code)
    for _, name in ipairs { "shop.one", "PYRONAME:shop.one" } do
      assert.matches("  the%.shop%.visit\n", process.run_pyrolua({ "stats", name, env = env }).output)
    end
    local unknown = process.run_pyrolua { "stats", "shop", env = env }
    assert.matches("^pyrolua: NamingError: unknown name: shop\n$", unknown.err)
  end)

  it("stats prints JSON", function()
    run("call", uri, "visit", ":you")
    local counted = require "dkjson".decode(run("stats", "-j", uri).out)
    assert.are.equal(1, counted.methods["the.shop.visit"].calls)
    assert.are.equal(1, counted.calls.in_flight)
  end)

  it("stats shows totals where there may be no more", function()
    local rules = process.file("shop.allow", "allow the.shop")
    local server = process.start_pyrolua { "-e", SERVER, env = { PYROLUA_ALLOW = rules } }
    local text = run("stats", (server:expect "(PYRO:the%.shop@%S+)\n")).out
    assert.matches("\nuptime +[%d.]+\n$", text)
  end)

  it("stats says that a stock Pyro has none, and what is wrong with others", function()
    for _, language in ipairs(peers.generations()) do
      local _, env = peers.name_server(language)
      fails("this server has no statistics; pyrolua's servers have", "stats",
        "PYRO:Pyro.NameServer@localhost:" .. env.PYRO_NS_PORT)
    end
    fails("CommunicationError: .*refused", "stats", "PYRO:x@localhost:1")
    fails("ProtocolError: malformed statistics", "stats", odd_statistics "['calls', 5]")
    fails("ProtocolError: malformed statistics", "stats", odd_statistics "{'methods': {5: {}}}")
    fails("ProtocolError: malformed statistics", "stats", odd_statistics "{'calls': {5: {}}}")
  end)

  it("shows nothing that a terminal would take for commands", function()
    local server = process.start_pyrolua { "-e", [[
      local daemon, odd = pyro.Daemon {}, { ["x\27[2J\n  y\u{9b}"] = print }
      function odd:text() return "a\u{9b}\u{202e}\127\u{e0041}\u{20ac}" end
      function odd:fail() error(pyro.ValueError "\27]0;title\7\u{9b}2J") end
      function odd:value() return pyro.ValueError "\27[2J\u{202e}" end
      print(daemon:register(odd, "odd"))
      daemon:requestLoop()]] }
    local odd = server:expect "(PYRO:odd@%S+)\n"
    prints(odd .. " (protocol 48)\nmethods:\n  fail\n  text\n  value\n  x\\x1b[2J\\x0a  y\\xc2\\x9b\n"
      .. "attributes: none\n", "inspect", odd)
    prints("ValueError: \\x1b[2J\\xe2\\x80\\xae\n", "call", odd, "value")
    prints('"a\\u009b\\u202e\\u007f\\udb40\\udc41\u{20ac}"\n', "call", "-j", odd, "text")
    assert.matches('"methods": %["fail", "text", "value", "x\\u001b%[2J\\n  y\\u009b"%]',
      run("inspect", "-j", odd).out)
    assert.matches('@field %["x\\x1b%[2J\\x0a  y\\xc2\\x9b"%] fun', run("stub", odd).out)
    local odd_daemon = odd_statistics [[{'a\x1b[2J\n': '\x1b[m', 'methods': {'\x1b[1m': {'calls': 1,
      'in_flight': '\x1b', 'p50': 1, 'p99': 1, 'p999': 2, 'errors': {'X\x1b[m': 2}}}}]]
    assert.matches("^a\\x1b%[2J\\x0a \\x1b%[m\n\n[^\27]*2%.000000  \\x1b%[1m: X\\x1b%[m 2\n",
      run("stats", odd_daemon).out)
    local failed = run("call", odd, "fail")
    assert.truthy(failed.err:find("pyrolua: ValueError: \\x1b]0;title\\x07\\xc2\\x9b2J\n", 1, true), failed.err)
    assert.is_nil(failed.err:find "[\27\7]")
  end)

  it("gives way to a script where that is said", function()
    local folder = process.file("call", "print('a script', ...)"):match "(.*)/"
    local words = process.pyrolua()
    words[#words] = uv.fs_realpath(words[#words])
    local program = table.concat(words, " ")
    local script = process.run { "sh", "-c", ("cd %s; %s ./call 1; %s -- call 2; %s call --help"):format(folder,
      program, program, program) }
    assert.matches("^a script\t1\na script\t2\nUsage: pyrolua call ", script.out)
  end)
end)

describe("--help", function()
  for words, usage in pairs {
    ["--help"] = "usage: pyrolua %[options%]",
    ["call --help"] = "Usage: pyrolua call ",
    ["inspect --help"] = "Usage: pyrolua inspect ",
    ["stats --help"] = "Usage: pyrolua stats ",
    ["stub --help"] = "Usage: pyrolua stub ",
    ["-m pyro.naming --help"] = "Usage: pyrolua%-ns ",
    ["-m pyro.nsc --help"] = "Usage: pyrolua%-nsc ",
    ["-m pyro.echoserver --help"] = "Usage: pyrolua %-m pyro.echoserver ",
    ["-m pyro.configuration --help"] = "Usage: pyrolua %-m pyro.configuration ",
  } do
    it("tells how to use pyrolua " .. words:gsub(" *%-%-help", ""), function()
      local command = {}
      for word in words:gmatch "%S+" do
        command[#command + 1] = word
      end
      local program = process.run_pyrolua(command)
      assert.are.equal(0, program.code)
      assert.are.equal("", program.err)
      assert.matches("^" .. usage, program.out)
    end)
  end
end)
