--- Programs that meet on "localhost", whatever the machine's /etc/hosts makes of that.
local hosts = require "spec.support.hosts"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local NAMES = {
  ["::1 first"] = "::1 localhost\n127.0.0.1 localhost\n",
  ["127.0.0.1 first"] = "127.0.0.1 localhost\n::1 localhost\n",
  ["::1 only"] = "::1 localhost\n",
  ["127.0.0.1 only"] = "127.0.0.1 localhost\n",
  ["nothing"] = "\n",
}

local MODULE = { Pyro4 = "Pyro4", Pyro5 = "Pyro5.api" }

local SERVER = {
  Lua = [[
    local daemon = pyro.Daemon { host = "localhost" }
    print(daemon:register({ double = function(_, n) return 2 * n end }, "o"))
    io.stdout:flush()
    daemon:requestLoop()]],
  Python = [[
import %s as Pyro
@Pyro.expose
class O:
    def double(self, n): return 2 * n
daemon = Pyro.Daemon(host="localhost")
print(daemon.register(O(), "o"), flush=True)
daemon.requestLoop()]],
}

local CLIENT = {
  Lua = "pyro.config.COMMTIMEOUT = 10 print(pyro.Proxy(arg[1]):double(21))",
  Python = "import sys, %s as Pyro; print(Pyro.Proxy(sys.argv[1]).double(21))",
}

local function command(language, programs, ...)
  local code = programs[language] or programs.Python:format(MODULE[language])
  local env = { PYRO_LOGLEVEL = false }
  if language == "Lua" then
    return peers.command(language, { "-e", code, ..., env = env })
  end
  return peers.command(language, { "-c", code, ..., env = env })
end

--- The client's code is text of -e, whose arguments follow as the script's would.
local function call(host, language, uri)
  if language ~= "Lua" then
    return host:run(command(language, CLIENT, uri))
  end
  local script = process.file("client.lua", 'local pyro = require "pyro" ' .. CLIENT.Lua)
  return host:run(peers.command("Lua", { script, uri }))
end

describe("on localhost", function()
  after_each(process.stop_all)
  local generations = peers.generations()

  for what, names in pairs(NAMES) do
    for _, python in ipairs(generations) do
      for _, pair in ipairs { { "Lua", python }, { python, "Lua" }, { "Lua", "Lua" } } do
        local server, client = table.unpack(pair)
        if what ~= "nothing" or server == client then -- Python knows no localhost there
          it(("a server in %s and a client in %s meet where the hosts are %s (%s)"):format(server, client, what,
            python),
            function()
              local host = hosts.alone(names)
              local uri = host:start(command(server, SERVER)):expect "(PYRO:o@localhost:%d+)\n"
              local run = call(host, client, uri)
              assert.are.equal("42\n", run.output)
            end)
        end
      end
    end
    it("a name server is found by all where the hosts are " .. what, function()
      local host = hosts.alone(names)
      host:start(peers.command("Lua", { "-m", "pyro.naming" })):expect "NS running on localhost:9090 "
      assert.are.equal("Name server ping ok.\n", host:run(peers.command("Lua", { "-m", "pyro.nsc", "ping" })).output)
      for _, python in ipairs(what ~= "nothing" and generations or {}) do
        local code = ("import %s as Pyro; print(len(Pyro.locate%s().list()))"):format(MODULE[python],
          python == "Pyro5" and "_ns" or "NS")
        assert.are.equal("1\n", host:run(peers.command(python, { "-c", code })).output)
      end
    end)
  end

  it("a daemon has one port for all addresses, and fails where one of them is taken", function()
    local host = hosts.alone(NAMES["::1 first"])
    local uri = host:start(command("Lua", SERVER)):expect "(PYRO:o@localhost:%d+)\n"
    local run = host:run(peers.command("Lua", { "-e",
      ("print(pcall(pyro.Daemon, { host = '::1', port = %d }))"):format(uri:match "%d+$") }))
    assert.matches("address already in use", run.output)
  end)
end)
