--- Several name servers, as NS_HOSTS lists them: real processes, which are killed.
local process = require "spec.support.process"

--- A server that registers an object that tells the server's name, with the name servers at the
--- ports, and says where it is.
local SERVER = [[
  local daemon = pyro.Daemon { port = 0 }
  local uri = daemon:register { whoami = function() return arg[1] end }
  for i = 2, #arg do
    local ns <close> = pyro.locateNS("localhost", tonumber(arg[i]))
    ns:register("shop", uri)
  end
  print "serving"
  daemon:requestLoop()
]]

--- A client that does for each line of its input what it says: calls the shop by its proxy, or
--- tells which name server it locates.
local CLIENT = [[
  local shop = pyro.Proxy "PYRONAME:shop"
  for line in io.lines() do
    local ok, result = pcall(function()
      if line == "locate" then
        local ns <close> = pyro.locateNS()
        return ns._pyroUri.port
      end
      return shop:whoami()
    end)
    shop:_pyroRelease()
    print(line .. ": " .. tostring(result))
  end
]]


local function start_server(...)
  local command = { process.file("server.lua", "local pyro = require 'pyro'\n" .. SERVER), ... }
  local server = process.start_pyrolua(command)
  server:expect "serving\n"
  return server
end

local function start_nameserver()
  local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0" }
  return server, server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
end

local function start_client(hosts)
  return process.start_pyrolua { process.file("client.lua", "local pyro = require 'pyro'\n" .. CLIENT),
    env = { PYROLUA_NS_HOSTS = hosts } }
end

local function expect(client, line, pattern)
  client:write(line .. "\n")
  client:expect("^" .. line .. ": " .. pattern .. "\n")
end

describe("a published name", function()
  after_each(process.stop_all)

  it("goes when its program ends", function()
    local _, port = start_nameserver()
    local env = { PYROLUA_NS_HOST = "localhost", PYROLUA_NS_PORT = port }
    for _, ending in ipairs { "", "os.exit(0, true)", "error 'oops'", "d:close()" } do
      process.run_pyrolua { "-l", "pyro", "-e", [[
        d = pyro.Daemon {}
        d:publish("thing", {}, { lease = 600 })
        assert(pyro.locateNS():lookup "thing")
      ]] .. ending, env = env }
      local listed = process.run_pyrolua { "-m", "pyro.nsc", "list", env = env }
      assert.matches("\nPyro%.NameServer ", listed.out)
      assert.is_nil(listed.out:find("thing", 1, true), ending)
    end
  end)

  it("is not waited for when the name server hangs", function()
    local server, port = start_nameserver()
    local program = process.start_pyrolua { "-l", "pyro", "-e", [[
      local d = pyro.Daemon {}
      d:publish("thing", {}, { lease = 600 })
      print "published"
      io.read()
      local begun = pyro.time()
      d:close()
      print(("closed after %.1f"):format(pyro.time() - begun))
    ]], env = { PYROLUA_NS_HOST = "localhost", PYROLUA_NS_PORT = port } }
    program:expect "published\n"
    server:kill "sigstop"
    program:write "\n"
    assert(tonumber(program:expect "closed after (%d%.%d)\n") >= 1)
    assert.are.equal(0, program:wait())
    server:kill "sigcont"
  end)
end)

describe("NS_HOSTS", function()
  after_each(process.stop_all)

  it("leads to another name server when one is killed", function()
    local first, port1 = start_nameserver()
    local _, port2 = start_nameserver()
    local old = start_server("old", port1, port2)
    local client = start_client(("localhost:%s,[::1]:%s,127.0.0.1:%s"):format(port1, port2, port2))
    expect(client, "call", "old")
    expect(client, "locate", port1)
    first:kill "sigkill"
    first:wait()
    expect(client, "locate", port2)
    old:kill "sigkill"
    old:wait()
    start_server("new", port2)
    expect(client, "call", "new")
    first = process.start_pyrolua { "-m", "pyro.naming", "-p", port1 }
    first:expect "URI = "
    expect(client, "locate", port2) -- which is kept, as long as it answers
  end)

  it("leads to an error that says why of each, if none can be used", function()
    local port = process.free_port()
    local client = start_client(("localhost:%d,./u:/nowhere"):format(port))
    for _, line in ipairs { "locate", "call" } do
      expect(client, line, ("NamingError: Failed to locate the nameserver by NS_HOSTS: cannot connect to "
        .. "%%('localhost', %d%%): connection refused; cannot connect to [^\n]*/nowhere[^\n]*: no such file or "
        .. "directory"):format(port))
    end
  end)

  it("has to be right", function()
    local client = start_client "alpha:x"
    assert.are_not.equal(0, client:wait())
    assert.matches("invalid value: PYROLUA_NS_HOSTS=alpha:x %(host, host:port, %[::1%]:port or "
      .. "%./u:path, with commas between them%)\n", client.err)
  end)
end)
