--- Names whose server is gone, in real time: a name server of either language forgets those of
--- servers of either. What happens when is tested by a fake clock, in
--- spec/unit/naming_autoclean_test.c.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local PATIENCE = 3 * tonumber(os.getenv "PATIENCE" or 20) -- 20 seconds and some rounds pass

--- Servers that register a name in name servers at some ports.
local SERVER = {
  Lua = [[
    local pyro = require "pyro"
    local name = table.remove(arg, 1)
    local daemon = pyro.Daemon { host = "localhost", port = 0 }
    local uri = daemon:register { hello = function() end }
    for _, port in ipairs(arg) do
      pyro.locateNS("localhost", math.tointeger(port)):register(name, uri)
    end
    print "ready"
    daemon:requestLoop()
  ]],
  Pyro4 = [[
import sys
import Pyro4

@Pyro4.expose
class Thing(object):
    pass

daemon = Pyro4.Daemon(host="localhost")
uri = daemon.register(Thing())
for port in sys.argv[2:]:
    Pyro4.locateNS("localhost", int(port)).register(sys.argv[1], uri)
print("ready")
daemon.requestLoop()
]],
}

local LANGUAGES = { "Lua", "Pyro4" }

local function start_server(language, name, ports)
  local server = peers.start(language,
    { process.file("server-" .. language, SERVER[language]), name, table.unpack(ports) })
  server:expect "ready"
  return server
end

--- Waits until no name in a name server starts so; returns what there is then, or nil.
local function list_without(prefix, env)
  local deadline = os.time() + PATIENCE
  repeat
    local list = peers.nsc("Lua", env, { "list" }).output
    if not list:find("\n" .. prefix) then
      return list
    end
    process.run_until(function() end, 0.5)
  until os.time() > deadline
end

describe("autoclean", function()
  after_each(process.stop_all)

  it("forgets servers that were killed, not others #r6:L4 #r6:4L", function()
    local envs, ports, killed = {}, {}, {}
    for i, language in ipairs(LANGUAGES) do
      local _, env = peers.name_server(language, { PYRO_NS_AUTOCLEAN = "3" })
      envs[i], ports[i] = env, env.PYRO_NS_PORT
    end
    for i, language in ipairs(LANGUAGES) do
      start_server(language, "alive." .. language, ports)
      killed[i] = start_server(language, "killed." .. language, ports)
    end
    for _, server in ipairs(killed) do
      server:kill "sigkill"
    end
    for i, env in ipairs(envs) do
      local list = list_without("killed", env)
      assert.truthy(list, LANGUAGES[i])
      for _, name in ipairs { "alive.Lua", "alive.Pyro4", "Pyro.NameServer" } do
        assert.truthy(list:find(name .. " -->", 1, true))
      end
    end
  end)
end)
