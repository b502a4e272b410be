--- Signed messages with the real Pyro4, in both roles. Pyro5 has no HMAC.
local hosts = require "spec.support.hosts"
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local DESK = "spec/interop/python/hmac_desk.py"

local SERVER = [[
  local Desk, notes, passed = {}, {}, nil
  local context = pyro.current_context
  function Desk:echo(value)
    context.response_annotations = { RSPN = "answer" }
    return { value, context.annotations.ASKS or pyro.null }
  end
  function Desk:fail() error(pyro.ValueError "as it should") end
  function Desk:note(text) notes[#notes + 1] = text end
  function Desk:noted() return notes end
  function Desk:count(n)
    return coroutine.wrap(function() for i = 0, n - 1 do coroutine.yield(i) end end)
  end
  function Desk:keep(proxy) return proxy:echo("through")[1] end
  function Desk:passing() return passed end
  pyro.oneway(Desk, "note")
  local key = arg[1] ~= "" and arg[1] or nil
  local daemon = pyro.Daemon { hmac_key = key }
  passed = pyro.Proxy(daemon:register(setmetatable({}, { __index = Desk }), "desk"), { hmac_key = key })
  pyro.spawn(print, passed._pyroUri)
  daemon:requestLoop()]]

local CLIENT = [[
  local key, uri = arg[1] ~= "" and arg[1] or nil, arg[2]
  local context = pyro.current_context
  local desk = pyro.Proxy(uri, { hmac_key = key })
  context.annotations = { ASKS = "question" }
  local answer = desk:echo "text"
  assert(answer[1] == "text" and answer[2] == "question")
  assert(context.response_annotations.RSPN == "answer" and not context.response_annotations.HMAC)
  context.annotations = {}
  assert(desk:echo(("x"):rep(100000))[1] == ("x"):rep(100000))
  local ok, err = pcall(desk.fail, desk)
  assert(not ok and tostring(err) == "ValueError: as it should", err)
  desk:note "a note"
  assert(desk:noted()[1] == "a note")
  local batch = pyro.batch(desk)
  batch:echo(1)
  batch:echo(2)
  local got = {}
  for each in batch() do got[#got + 1] = each[1] end
  assert(table.concat(got, " ") == "1 2")
  got = {}
  for i in desk:count(3) do got[#got + 1] = i end
  assert(table.concat(got, " ") == "0 1 2")
  assert(desk:keep(desk) == "through")
  local other = desk:passing()
  assert(other._pyroHmacKey == key, "a proxy that has another key")
  assert(other:echo("back")[1] == "back")
  print "fine"]]

local function file_of(code)
  return process.file("program.lua", "local pyro = require 'pyro'\n" .. code)
end

local function serve(language, key, env)
  local words = language == "Lua" and { file_of(SERVER), key } or { DESK, "serve", key }
  words.env = env
  local server = peers.start(language, words)
  return server:expect "(PYRO:desk@%S+)\n", server
end

local function visit(language, key, uri, env)
  local words = language == "Lua" and { file_of(CLIENT), key, uri } or { DESK, "visit", key, uri }
  words.env = env
  return peers.run(language, words)
end

describe("HMAC", function()
  after_each(process.stop_all)

  for _, pair in ipairs { { "Lua", "Pyro4", " #r42:L4" }, { "Pyro4", "Lua", " #r42:4L" }, { "Lua", "Lua", "" } } do
    local client, server, tag = table.unpack(pair)
    for name, env in pairs {
      ["with serpent"] = {},
      ["compressed"] = { PYRO_COMPRESSION = "1" },
      ["with pickle"] = { PYRO_SERIALIZER = "pickle", PYRO_SERIALIZERS_ACCEPTED = "pickle" },
      ["with json"] = { PYRO_SERIALIZER = "json", PYRO_SERIALIZERS_ACCEPTED = "json" },
      ["without metadata"] = client == "Lua" and { PYRO_LOGWIRE = "0" } or { PYRO_METADATA = "1" },
    } do
      it(("is signed from %s to %s: calls, oneway calls, batches, streams, annotations, exceptions, proxies, %s%s")
        :format(client, server, name, tag), function()
        local uri = serve(server, "the secret", env)
        assert.are.equal("fine\n", visit(client, "the secret", uri, env).output)
      end)
    end

    it(("refuses another key, and a key on one side only, from %s to %s%s"):format(client, server, tag), function()
      local keyed, plain = serve(server, "secret"), serve(server, "")
      for _, case in ipairs { { "wrong", keyed, "message hmac mismatch" },
        { "", keyed, "hmac key config not symmetric" }, { "secret", plain, "hmac key config not symmetric" } } do
        local key, uri, words = table.unpack(case)
        local run = visit(client, key, uri)
        assert.are_not.equal(0, run.code)
        assert.matches("CommunicationError: cannot connect to %('localhost', %d+%): " .. words, run.output)
        assert.is_nil(run.output:find("secret", 1, true))
      end
      assert.are.equal("fine\n", visit(client, "secret", keyed).output)
    end)
  end

  it("changes keys of both sides at any time, but only of both #r42:4L", function()
    local run = peers.run("Pyro4", { "-c", [[
import subprocess, sys, Pyro4
code = """
local daemon = pyro.Daemon { hmac_key = "one" }
local object = { change = function(_, key) pyro.spawn(function() daemon._pyroHmacKey = key end) return true end }
pyro.spawn(print, daemon:register(object))
daemon:requestLoop()"""
server = subprocess.Popen([sys.argv[1], "-e", code], stdout=subprocess.PIPE)
proxy = Pyro4.Proxy(server.stdout.readline().decode().strip())
proxy._pyroHmacKey = "one"
print(proxy.change("two"))
proxy._pyroHmacKey = "two"
print(proxy.change("three"))
try:
    proxy.change("four")
except Exception as x:
    print(type(x).__name__)
server.kill()]], process.pyrolua()[1] })
    assert.are.equal("True\nTrue\nConnectionClosedError\n", run.out)
    assert.matches("WARNING%] 127%.0%.0%.1:%d+: connection refused: SecurityError: message hmac mismatch: ", run.err)
  end)

  it("is nothing that Pyro5 has: a keyed daemon says so", function()
    local run = peers.run("Lua", { "-e", [[
      local daemon = pyro.Daemon { hmac_key = "secret" }
      local uri = daemon:register { f = function() return 1 end }
      print(pcall(function() return pyro.Proxy(uri, { protocol = 502 }):f() end))
      print(pcall(function() return pyro.Proxy(uri, { protocol = 502, hmac_key = "secret" }):f() end))]] })
    local lines = {}
    for line in run.out:gmatch "[^\n]+" do
      lines[#lines + 1] = line
    end
    assert.matches("^false\tCommunicationError: connection to %('localhost', %d+%) rejected: hmac key config not "
      .. "symmetric: whoever has an HMAC key refuses protocol 502 %(Pyro5%), which signs nothing$", lines[1])
    assert.are.equal("false\tValueError: protocol 502 (Pyro5) has no HMAC: choose protocol 48, or take the HMAC "
      .. "key away", lines[2])
  end)

  if peers.generations()[2] then
    it("tells the real Pyro5 so, in both roles", function()
      local uri = serve("Lua", "secret")
      local run = peers.run("Pyro5", { "-c",
        "import sys, Pyro5.api\nPyro5.api.Proxy(sys.argv[1]).echo(1)", uri })
      assert.matches("CommunicationError: connection to [^\n]* rejected: hmac key config not symmetric: whoever has an "
        .. "HMAC key refuses protocol 502 %(Pyro5%), which signs nothing\n", run.output)
      local server = peers.start("Pyro5", { "-c", [[
import Pyro5.api
daemon = Pyro5.api.Daemon()
print(daemon.uriFor("Pyro.Daemon"), flush=True)
daemon.requestLoop()]] })
      local keyed = { PYRO_HMAC_KEY = "secret" }
      local call = process.run_pyrolua { "call", server:expect "(PYRO:%S+)\n", "ping", env = keyed }
      assert.matches("^pyrolua: CommunicationError: cannot connect to %('localhost', %d+%): hmac key config not "
        .. "symmetric: whoever has an HMAC key refuses protocol 502 %(Pyro5%), which signs nothing\n$", call.output)
    end)
  end
end)

local NAMING = { Lua = "pyro.naming", Pyro4 = "Pyro4.naming" }

local function start_names(language, words, env)
  return peers.start(language, { "-m", NAMING[language], "-p", "0", env = env, table.unpack(words) })
end

describe("HMAC of name servers", function()
  after_each(process.stop_all)

  for _, pair in ipairs { { "Lua", "Pyro4", " #r42:L4 #r8:L4 #r9:L4" }, { "Pyro4", "Lua", " #r42:4L #r8:4L #r9:4L" },
    { "Lua", "Lua", "" } } do
    local client, server, tag = table.unpack(pair)
    it(("works with -k, or PYRO_HMAC_KEY, on either side, from %s to %s%s"):format(client, server, tag), function()
      for _, given in ipairs { { words = { "-k", "secret" }, env = {} },
        { words = {}, env = { PYRO_HMAC_KEY = "secret" } } } do
        local names = start_names(server, given.words, given.env)
        local port = names:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
        local at = { PYRO_NS_PORT = port }
        local keyed = { PYRO_NS_PORT = port, PYRO_HMAC_KEY = "secret" }
        assert.are.equal("Registered a.name\n", peers.nsc(client, keyed, { "register", "a.name", "PYRO:x@y:1" }).out)
        assert.matches("PYRO:x@y:1\n$", peers.nsc(client, at, { "-k", "secret", "lookup", "a.name" }).out)
        local run = peers.nsc(client, at, { "-n", "localhost", "-p", port, "ping" })
        assert.matches("^Error: Failed to locate the nameserver", run.out)
        run = peers.nsc(client, at, { "-k", "wrong", "-n", "localhost", "-p", port, "ping" })
        assert.matches("^Error: Failed to locate the nameserver", run.out)
        assert.is_nil((names.output .. run.output):find("secret", 1, true))
      end
    end)
  end

  it("resolves names for proxies with keys, of their own or of the setting #r42:L4", function()
    local names = start_names("Pyro4", {}, { PYRO_HMAC_KEY = "secret" })
    local port = names:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    local uri = serve("Lua", "secret")
    peers.nsc("Pyro4", { PYRO_NS_PORT = port, PYRO_HMAC_KEY = "secret" }, { "register", "desk", uri })
    for _, case in ipairs { { "pyro.Proxy('PYRONAME:desk', { hmac_key = 'secret' })", {} },
      { "pyro.Proxy 'PYRONAME:desk'", { PYRO_HMAC_KEY = "secret" } },
      { "pyro.Proxy(pyro.locateNS { hmac_key = 'secret' }:lookup 'desk', { hmac_key = 'secret' })", {} },
      { "pyro.Proxy(pyro.locateNS(nil, nil, nil, 'secret'):lookup 'desk', { hmac_key = 'secret' })", {} } } do
      local code, env = table.unpack(case)
      env.PYRO_NS_PORT = port
      local run = process.run_pyrolua { "-e", ("print(%s:echo('named')[1])"):format(code), env = env }
      assert.are.equal("named\n", run.output)
    end
    local run = process.run_pyrolua { "-e", "pyro.Proxy 'PYRONAME:desk':echo(1)", env = { PYRO_NS_PORT = port } }
    assert.matches("NamingError: Failed to locate the nameserver: cannot connect to %('localhost', %d+%): hmac key "
      .. "config not symmetric: the message is signed, but this side has no HMAC key\n", run.output)
  end)

  it("takes one key, and warns of keys that others can read", function()
    for _, program in ipairs { "naming", "nsc", "echoserver" } do
      local run = process.run_pyrolua { "-m", "pyro." .. program, "-k", "secret", env = { PYRO_HMAC_KEY = "other" },
        program == "nsc" and "ping" or nil }
      assert.are.equal(1, run.code)
      assert.are.equal("pyrolua: don't use -k and PYRO_HMAC_KEY at the same time\n", run.output)
    end
    local names = start_names("Lua", { "-k", "secret" })
    names:expect "URI = "
    assert.are.equal("pyrolua: warning: everyone on this machine can read the key of -k in the list of processes; "
      .. "set PYRO_HMAC_KEY instead\n", names.err)
  end)

  it("is found by broadcast, which is not signed", function()
    local one, two = hosts.two()
    for _, pair in ipairs { { "Lua", "Pyro4" }, { "Pyro4", "Lua" } } do
      local language, other = table.unpack(pair)
      local names = one:start(peers.command(language, { "-m", NAMING[language], "-n", one.address,
        env = { PYRO_HMAC_KEY = "secret" } }))
      names:expect "URI = "
      assert.is_nil(names.output:find("Warning", 1, true))
      local list = two:run(peers.command(other, { "-m", other == "Lua" and "pyro.nsc" or "Pyro4.nsc", "list",
        env = { PYRO_HMAC_KEY = "secret" } }))
      assert.matches("Pyro%.NameServer %-%-> PYRO:Pyro%.NameServer@10%.77%.0%.1:9090\n", list.out)
      names:kill()
      names:wait()
    end
  end)

  it("holds for the echo server, too #r46:4L", function()
    local echo = process.start_pyrolua { "-m", "pyro.echoserver", env = { PYRO_HMAC_KEY = "secret" } }
    local uri = echo:expect "echo uri: (%S+)\n"
    local run = peers.run("Pyro4", { "-c", [[
import sys, Pyro4
proxy = Pyro4.Proxy(sys.argv[1])
proxy._pyroHmacKey = "secret"
print(proxy.echo("signed"))]], uri })
    assert.are.equal("signed\n", run.output)
  end)

  it("holds for the HTTP gateway, too #r47:L4", function()
    local names = start_names("Pyro4", {}, { PYRO_HMAC_KEY = "secret" })
    local port = names:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    peers.nsc("Pyro4", { PYRO_NS_PORT = port, PYRO_HMAC_KEY = "secret" },
      { "register", "http.desk", (serve("Pyro4", "secret")) })
    local function asked(env, ...)
      env.PYRO_NS_PORT = port
      local gateway = process.start_pyrolua { "-m", "pyro.gateway", "-p", "0", env = env, ... }
      local at = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/")
      local answers = {}
      for i, path in ipairs { "echo?value=signed", "count" } do
        answers[i] = http.ask(at, { "/pyro/http.desk/" .. path, body = path == "count" and "[2]" or nil,
          headers = { ["Content-Type"] = "application/json" } }).body
      end
      return answers
    end
    assert.are.same({ '["signed", null]', "0\n1\n" }, asked({}, "-k", "secret"))
    assert.are.same({ '["signed", null]', "0\n1\n" }, asked { PYRO_HMAC_KEY = "secret" })
    assert.matches("this side has no HMAC key", asked({})[1], 1, true)
  end)
end)
