--- Names that a daemon of pyrolua's keeps at the name servers of Pyro4, Pyro5 and pyrolua: real
--- processes, which are killed.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

--- Publishes names with a lease of a second, until it is told to end.
local PUBLISHER = [[
  local pyro = require "pyro"
  local daemon = pyro.Daemon { port = 0 }
  function daemon:lost(name)
    print("lost " .. name)
  end
  for i = 1, 3 do
    daemon:publish("kept." .. i, { hello = function() return i end }, { lease = 1, metadata = { "t" .. i } })
  end
  print(daemon.locationStr)
  daemon:requestLoop()
]]

local SIMPLE = [[
  local pyro = require "pyro"
  pyro.Daemon.serveSimple({ [{ hello = function() return "hello" end }] = "kept.1" }, { port = 0 })
]]

local THEIRS = "PYRO:other@localhost:1"

local NAME_SERVERS = { "Lua", table.unpack(peers.generations()) }

local function start(code, env)
  return process.start_pyrolua { process.file("publisher.lua", code), env = env }
end

describe("names", function()
  after_each(process.stop_all)

  it("of a program that was killed go with their lease", function()
    local _, env = peers.name_server "Lua"
    local publisher = start(PUBLISHER, env)
    publisher:expect "localhost:%d+\n"
    publisher:kill "sigkill"
    publisher:wait()
    local begun = os.time()
    assert(process.run_until(function()
      return not peers.nsc("Lua", env, { "list", "kept" }).output:find("kept.1", 1, true)
    end))
    assert(os.time() - begun <= 6, "lease + 5 s")
  end)

  for _, language in ipairs(NAME_SERVERS) do
    local server, env

    --- Returns what nsc lists; it fails while the name server is not there.
    local function listed()
      return peers.nsc("Lua", env, { "list", "kept" }).output
    end

    --- Waits until as many names are listed, and all lead to that place.
    local function has(count, location)
      local output
      assert(process.run_until(function()
        output = listed()
        local _, names = output:gsub("kept%.%d", "")
        local _, places = output:gsub("@" .. location:gsub("%p", "%%%0"), "")
        return names == count and places == count
      end), output)
    end

    local function start_server()
      server, env = peers.name_server(language, nil, env and env.PYRO_NS_PORT)
    end

    before_each(function()
      env = nil
      start_server()
    end)

    it("are there again when the name server of " .. language .. " was killed and started anew", function()
      local publisher = start(PUBLISHER, env)
      local location = publisher:expect "(localhost:%d+)\n"
      has(3, location)
      for _ = 1, 2 do
        server:kill "sigkill"
        server:wait()
        start_server()
        local begun = os.time()
        has(3, location)
        assert(os.time() - begun <= 7, "lease + 5 s")
      end
      assert.matches("kept%.2 [^\n]*\n[^\n]*t2", listed())
      publisher:kill "sigterm"
      assert.are.equal(0, publisher:wait())
      has(0, location)
    end)

    it("are lost to others at the name server of " .. language, function()
      local publisher = start(PUBLISHER, env)
      local location = publisher:expect "(localhost:%d+)\n"
      peers.nsc("Lua", env, { "remove", "kept.2" })
      peers.nsc("Lua", env, { "register", "kept.2", THEIRS })
      publisher:expect "the name 'kept%.2' was registered by somebody else: PYRO:other@localhost:1; it is kept no more"
      publisher:expect "lost kept%.2\n"
      publisher:kill "sigterm"
      publisher:wait()
      has(1, "localhost:1")
      assert.is_nil(listed():find(location, 1, true))
    end)

    it("of serveSimple come back to the name server of " .. language .. ", and stay", function()
      local publisher = start(SIMPLE, env)
      local location = publisher:expect "uri = PYRO:obj_%x+@(localhost:%d+)\n"
      publisher:expect "name = kept%.1\n"
      has(1, location)
      server:kill "sigkill"
      server:wait()
      start_server()
      has(1, location)
      publisher:kill "sigterm"
      publisher:wait()
      has(1, location)
    end)
  end
end)
