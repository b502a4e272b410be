--- The echo server: what it prints and answers is what Pyro4's does.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local MODULE = { Lua = "pyro.echoserver", Pyro4 = "Pyro4.test.echoserver" }
local CLIENT = "spec/interop/python/use_echoserver.py"

local function start(language, env, ...)
  return peers.start(language, { "-m", MODULE[language], env = env, ... })
end

--- Takes out what differs from one run to the next. We do not warn of a missing key, where no network is.
local function plain(text)
  return (text:gsub("Warning: HMAC key not set[^\n]*\n", "")
    :gsub("localhost:%d+", "localhost:PORT")
    :gsub("%a%a%a %a%a%a [ %d]%d %d%d:%d%d:%d%d %d%d%d%d", "NOW"))
end

--- Starts an echo server and has it used and shut down; returns what it and its client print.
local function session(language, ...)
  local server = start(language, { PYRO_NS_PORT = tostring(process.free_port()) }, ...)
  local uri = server:expect "echo uri: (%S+)\nechoserver running%.\n"
  local client = peers.run("Pyro4", { CLIENT, uri })
  assert.are.equal(0, server:wait())
  return plain(server.out), client.output -- Pyro4 logs nothing
end

describe("the echo server", function()
  after_each(process.stop_all)

  for name, words in pairs {
    ["alone"] = {},
    ["verbose"] = { "-v" },
    ["verbose, whatever else is said"] = { "--verbose", "--quiet" },
    ["with a name server of its own"] = { "-N", "-v" },
  } do
    it("prints and answers as Pyro4's: " .. name .. " #r46", function()
      local printed, answered = session("Pyro4", table.unpack(words))
      assert.matches("\necho uri: PYRO:test%.echoserver@localhost:PORT\n", printed)
      assert.matches("'ValueError', 'the message of the error'", answered)
      local own_printed, own_answered = session("Lua", table.unpack(words))
      assert.are.equal(printed, own_printed)
      assert.are.equal(answered, own_answered)
    end)
  end

  it("is silent when told so, and listens where it is told", function()
    local port = tostring(process.free_port())
    local server = start("Lua", {}, "-q", "-p", port, "-H", "127.0.0.1")
    local uri = "PYRO:test.echoserver@127.0.0.1:" .. port
    assert(process.run_until(function()
      return process.run_pyrolua({ "-e", ("print(pyro.Proxy '%s':echo 'there')"):format(uri) }).out == "there\n"
    end))
    process.run_pyrolua { "-e", ("pyro.Proxy '%s':shutdown()"):format(uri) }
    assert.are.equal(0, server:wait())
    assert.are.equal("", server.output)
  end)

  it("registers in the name server that it finds", function()
    for _, names in ipairs { "Lua", "Pyro4" } do
      local _, env = peers.name_server(names)
      local server = start("Lua", env, "-n", "-v", "--nathost", "outside.example", "--natport", "4444")
      server:expect("using name server at PYRO:Pyro%.NameServer@localhost:" .. env.PYRO_NS_PORT
        .. "\nobject name: test%.echoserver\n")
      assert.are.equal("PYRO:test.echoserver@outside.example:4444\n",
        peers.nsc("Lua", env, { "lookup", "test.echoserver" }).out)
    end
  end)

  it("listens on a Unix socket #r36:4L", function()
    local path = process.file("echo.sock", "")
    os.remove(path)
    local uri = start("Lua", {}, "-u", path):expect "echo uri: (%S+)\n"
    assert.are.equal("PYRO:test.echoserver@./u:" .. path, uri)
    assert.matches("^text\n", peers.run("Pyro4", { CLIENT, uri }).output)
  end)

  it("says why it cannot start", function()
    local nobody = tostring(process.free_port())
    local run = peers.run("Lua", { "-m", MODULE.Lua, "-n", env = { PYRO_NS_PORT = nobody } })
    assert.are.equal(1, run.code)
    assert.matches("^pyrolua: Failed to locate the nameserver; tried [^\n]*\n$", run.err)
  end)
end)
