--- Running on several machines, in both languages.
local hosts = require "spec.support.hosts"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"
local tutorial = require "spec.support.tutorial"

local NAMING = { Lua = "pyro.naming", Pyro4 = "Pyro4.naming" }
local NSC = { Lua = "pyro.nsc", Pyro4 = "Pyro4.nsc" }

local function start_names(language, host, ...)
  return host:start(peers.command(language, { "-m", NAMING[language], ... }))
end

local function nsc(language, host, env, ...)
  return host:run(peers.command(language, { "-m", NSC[language], env = env, ... }))
end

describe("on several machines", function()
  after_each(process.stop_all)

  for _, pair in ipairs { { "Lua", "Lua" }, { "Lua", "Pyro4" }, { "Pyro4", "Lua" } } do
    local names, others = table.unpack(pair)
    it(("a name server in %s is found by broadcast from %s"):format(names, others)
      .. tags({ 3, 7 }, others, names), function()
      local one, two = hosts.two()
      local server = start_names(names, one, "-n", one.address)
      server:expect("Broadcast server running on [^\n]*:9091\n")
      server:expect "NS running on 10%.77%.0%.1:9090 %(10%.77%.0%.1%)\n"
      server:expect "URI = PYRO:Pyro%.NameServer@10%.77%.0%.1:9090\n"
      local list = nsc(others, two, nil, "-v", "list")
      assert.matches("\nName server found: PYRO:Pyro%.NameServer@10%.77%.0%.1:9090\n", list.out)
      assert.matches("\nPyro%.NameServer %-%-> PYRO:Pyro%.NameServer@10%.77%.0%.1:9090\n", list.out)
    end)

    it(("a warehouse in %s with PYRO_HOST is visited from %s on another machine"):format(names, others)
      .. tags({ 24 }, others, names), function()
      local one, two = hosts.two()
      start_names(names, one, "-n", one.address):expect "\nURI = "
      local warehouse = one:start(tutorial.command(names, "named_warehouse", { PYRO_HOST = one.address }))
      warehouse:expect "uri = PYRO:obj_%x+@10%.77%.0%.1:%d+\n    name = example%.warehouse\n"
      warehouse:expect "Pyro daemon running"
      local visit = two:run(tutorial.command(others, "named_visit", nil, tutorial.typed))
      assert.are.equal(tutorial.visited, visit.output)
      warehouse:expect(tutorial.moved)
    end)

    it(("a name server in %s that listens everywhere tells %s its address"):format(names, others)
      .. tags({ 7 }, others, names), function()
      local one, two = hosts.two()
      local server = start_names(names, one, "-n", "0.0.0.0")
      server:expect "NS running on 0%.0%.0%.0:9090 %(0%.0%.0%.0%)\n"
      local ping = nsc(others, two, nil, "-v", "ping")
      assert.matches("\nName server found: PYRO:Pyro%.NameServer@10%.77%.0%.1:9090\n", ping.out)
      assert.matches("\nName server ping ok%.\n", ping.out)
    end)
  end

  it("a name server without broadcast is found where PYRO_NS_HOST says #r3", function()
    local one, two = hosts.two()
    local server = start_names("Lua", one, "-n", one.address, "-x")
    server:expect "NS running on 10%.77%.0%.1:9090"
    assert.is_nil(server.output:find "[Bb]roadcast")
    local lost = nsc("Lua", two, nil, "ping")
    assert.matches("^Error: Failed to locate the nameserver; tried [^\n]*\n$", lost.output)
    assert.are.equal(1, lost.code)
    for _, found in ipairs { nsc("Lua", two, { PYRO_NS_HOST = one.address }, "ping"),
      nsc("Lua", two, nil, "-n", one.address, "ping") } do
      assert.are.equal("Name server ping ok.\n", found.output)
    end
  end)

  it("a name server does not answer broadcasts where it does not listen #r7", function()
    local one, two = hosts.two()
    one:run { "ip", "link", "add", "other", "type", "veth", "peer", "name", "far" }
    one:run { "ip", "address", "add", "10.77.1.1/24", "dev", "other" }
    local code = [[
      local server = require "pyro.core".new_nameserver { host = arg[1], port = 9090 }
      pyro.spawn(print, "listens at", server:broadcast {})
      server:requestLoop()]]
    local ask = [[
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.settimeout(20)
s.connect((sys.argv[1], 9091))
try:
    for i in range(1 + len(sys.argv[2:])):
        s.send(b"GET_NSURI")
        print(sys.argv[2:] or s.recv(100).decode())
except ConnectionRefusedError:
    print("refused")]]
    local function asked(host, ...)
      return host:run(peers.command("Pyro4", { "-c", ask, ... })).out
    end
    local path = process.file("nameserver.lua", "local pyro = require 'pyro'\n" .. code)
    local env = { PYRO_LOGLEVEL = "DEBUG", PYRO_LOGFILE = "{stderr}" }
    local names = one:start(peers.command("Lua", { path, "localhost", env = env }))
    names:expect "listens at\t127%.0%.0%.1:9091\n"
    assert.are.equal("refused\n", asked(two, one.address))
    assert.are.equal("PYRO:Pyro.NameServer@localhost:9090\n", asked(one, "127.0.0.1"))
    names:kill()
    names:wait()
    names = one:start(peers.command("Lua", { path, "10.77.1.1", env = env }))
    names:expect "listens at\t0%.0%.0%.0:9091\n"
    for _, address in ipairs { one.address, "10.77.0.255" } do
      asked(two, address, "without an answer")
      names:expect "10%.77%.0%.2 asks for a name server, but is in another network than ours\n"
    end
    for _, address in ipairs { "127.0.0.1", one.address, "10.77.1.1" } do
      assert.are.equal("PYRO:Pyro.NameServer@10.77.1.1:9090\n", asked(one, address))
    end
  end)

  it("the broadcast port may be another", function()
    local one, two = hosts.two()
    local server = start_names("Lua", one, "-n", one.address, "-p", "0", "--bcport", "7777")
    server:expect "Broadcast server running on [^\n]*:7777\n"
    assert.are.equal("Name server ping ok.\n", nsc("Lua", two, nil, "-p", "7777", "ping").output)
    assert.are.equal("Name server ping ok.\n", nsc("Lua", two, { PYRO_NS_BCPORT = "7777" }, "ping").output)
    assert.are.equal("Name server ping ok.\n", nsc("Pyro4", two, { PYRO_NS_BCPORT = "7777" }, "ping").output)
  end)

  it("the options of a daemon say where it listens", function()
    local one, two = hosts.two()
    start_names("Lua", one, "-n", one.address):expect "\nURI = "
    for _, code in ipairs { "host = '10.77.0.2'", "" } do
      local server = two:start(peers.command("Lua", { "-e", ([[
        pyro.config.HOST = "10.77.0.2"
        pyro.Daemon.serveSimple({ [{ hello = function() return "hi" end }] = "greeter" }, { %s })]]):format(code) }))
      server:expect "uri = PYRO:obj_%x+@10%.77%.0%.2:%d+\n    name = greeter\nPyro daemon running%."
      local call = one:run(peers.command("Lua", { "-e", "print(pyro.Proxy 'PYRONAME:greeter':hello())" }))
      assert.are.equal("hi\n", call.output)
      server:kill "sigint"
      server:wait()
    end
  end)

  it("localhost stays closed to others", function()
    local one, two = hosts.two()
    start_names("Lua", one):expect "\nURI = "
    assert.are.equal(1, nsc("Lua", two, nil, "-n", one.address, "ping").code)
  end)
end)
