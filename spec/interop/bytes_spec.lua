--- Bytes that a program in Python hands to one in Lua, and gets back: as str by default, as bytes where BYTES says so.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local STORE = [[
  local kept = {}
  local daemon = pyro.Daemon {}
  local uri = daemon:register({
    put = function(_, name, value) kept[name] = value end,
    get = function(_, name) return kept[name] end,
  }, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local SETTINGS = {
  { "marshal" }, { "msgpack" }, { "pickle", only = "Pyro4" }, { "serpent" },
  { "serpent", PYRO_SERPENT_BYTES_REPR = "true", only = "Pyro5" },
}

describe("bytes from Python", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    for _, case in ipairs(SETTINGS) do
      local literal = case.PYRO_SERPENT_BYTES_REPR
      local when = (case.only or generation) == generation and it or function() end
      local how = case[1] .. (literal and " with SERPENT_BYTES_REPR" or "")
      when(("come back to %s in %s"):format(generation, how), function()
        for as, expected in pairs { string = "str", bytes = "bytes" } do
          local server = peers.start("Lua", { "-e", STORE,
            env = { PYROLUA_BYTES = as, PYROLUA_SERPENT_BYTES_REPR = literal } })
          local client = peers.run(generation, { "spec/interop/python/bytes_and_back.py", generation,
            "PYRO:target@localhost:" .. server:expect "PORT%s+(%d+)",
            env = { PYRO_SERIALIZER = case[1], PYRO_SERPENT_BYTES_REPR = literal } })
          assert.are.equal(expected .. " bytes\n", client.output, as)
        end
      end)
    end
  end
end)
