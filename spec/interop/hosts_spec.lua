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
