--- Proxies and daemons over sockets that are connected already: there is no handshake.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local CALL = [[
  local pyro = require "pyro"
  local proxy <close> = pyro.Proxy("echo", { connected_socket = math.tointeger(...), serializer = "serpent",
    protocol = PROTOCOL })
  print(proxy:echo "there")]]

local SERVE = [[
  local pyro = require "pyro"
  local daemon = pyro.Daemon { connected_socket = math.tointeger(...) }
  daemon:register({ echo = function(_, value) return value end }, "echo")
  daemon:requestLoop()]]

--- Runs a real program that has one end of a socket pair, and a Lua program with the other.
local function run(generation, role, code)
  local command = { "spec/interop/python/connected.py", generation, role }
  local lua = peers.command("Lua", { process.file("connected.lua", code) })
  table.move(lua, 1, #lua, #command + 1, command)
  return peers.run(generation, command)
end

describe("a connected socket", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    local protocol = generation == "Pyro4" and "48" or "502"

    it("to a daemon of " .. generation .. " serves a proxy in Lua" .. tags({ 21, 36 }, "Lua", generation), function()
      local program = run(generation, "serve", (CALL:gsub("PROTOCOL", protocol)))
      assert.are.equal("there\n", program.output)
      assert.are.equal(0, program.code)
    end)

    it("to a daemon in Lua serves a proxy of " .. generation .. tags({ 21, 36 }, generation, "Lua"), function()
      local program = run(generation, "call", SERVE)
      assert.are.equal("there\n", program.output)
      assert.are.equal(0, program.code)
    end)
  end
end)
