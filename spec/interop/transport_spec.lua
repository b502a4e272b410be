--- Unix sockets and IPv6, between Lua and a stock Pyro4.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local LUA_SERVER = [[
  local daemon = pyro.Daemon { %s = "%s" }
  pyro.spawn(print, daemon:register({ echo = function(_, value) return value end }, "echo"))
  daemon:requestLoop()]]

local PYTHON_SERVER = [[
import Pyro4

@Pyro4.expose
class Echo(object):
    def echo(self, value):
        return value

daemon = Pyro4.Daemon(%s="%s")
print(daemon.register(Echo(), "echo"))
daemon.requestLoop()
]]

local function start(language, option, value)
  local command = language == "Lua" and { "-e", LUA_SERVER:format(option, value) }
    or { "-c", PYTHON_SERVER:format(option, value) }
  return peers.start(language, command):expect "(PYRO:echo@%S+)\n"
end

local function call(language, uri)
  local command = language == "Lua" and { "-e", ("print(pyro.Proxy '%s':echo 'there')"):format(uri) }
    or { "-c", ("import Pyro4; print(Pyro4.Proxy('%s').echo('there'))"):format(uri) }
  return peers.run(language, command).output
end

describe("an object", function()
  after_each(process.stop_all)

  for _, pair in ipairs { { "Lua", "Pyro4" }, { "Pyro4", "Lua" } } do
    local client, server = table.unpack(pair)
    local proof = tags({ 1, 36 }, client, server)

    it(("of %s on a Unix socket is called from %s"):format(server, client) .. proof, function()
      local path = process.file(server .. ".sock", "")
      os.remove(path)
      local uri = start(server, "unixsocket", path)
      assert.are.equal("PYRO:echo@./u:" .. path, uri)
      assert.are.equal("there\n", call(client, uri))
    end)

    it(("of %s on IPv6 is called from %s"):format(server, client) .. proof, function()
      local uri = start(server, "host", "::1")
      assert.matches("^PYRO:echo@%[::1%]:%d+$", uri)
      assert.are.equal("there\n", call(client, uri))
    end)
  end
end)
