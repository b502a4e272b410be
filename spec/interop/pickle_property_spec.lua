--- Random values of Python's and numpy's classes, as the real pickle writes them, are read as what they stand for. A
--- failure tells its seed; `SEED=…` repeats it.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SEED = os.getenv "SEED" or tostring(os.time())
local COUNT = "500"

local ECHO = [[
  local daemon = pyro.Daemon {}
  local uri = daemon:register({ echo = function(_, value) return value end }, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

describe("random values of classes", function()
  after_each(process.stop_all)

  for _, protocol in ipairs { "0", "2", "4", "5" } do
    it(("are read from pickles of protocol %s"):format(protocol), function()
      local env = { PYRO_PICKLE_PROTOCOL_VERSION = "5", PYRO_BYTES = "bytes" }
      local server = peers.start("Lua", { "-e", ECHO, env = env })
      local uri = "PYRO:target@localhost:" .. server:expect "PORT%s+(%d+)"
      local run = peers.run("Pyro4", { "spec/interop/python/pickled_classes.py", uri, SEED, COUNT, protocol })
      assert.are.equal(COUNT .. " values\n", run.output, "seed " .. SEED)
    end)
  end
end)
