--- Random values between Lua and the real Pyro4: what comes back is what was sent, as far as the
--- serializer has its type. A failure tells its seed; `SEED=…` repeats it.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"
local values = require "spec.support.values"

local SEED = math.tointeger(os.getenv "SEED") or os.time()
local COUNT = 400

local ECHO = [[
  local daemon = pyro.Daemon {}
  local uri = daemon:register({ echo = function(_, value) return value end }, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local ALL = { tuple = true, set = true }

local function start_echo(language, serializer)
  local program = language == "Lua" and { "-e", ECHO } or { "spec/interop/python/target.py" }
  program.env = { PYRO_SERIALIZERS_ACCEPTED = serializer }
  return "PYRO:target@localhost:" .. peers.start(language, program):expect "PORT%s+(%d+)"
end

for serializer, carried in pairs(values.carried) do
  describe("random values in " .. serializer, function()
    local usual = pyro.config.SERIALIZER

    after_each(function()
      pyro.config.SERIALIZER = usual
      process.stop_all()
    end)

    it("from Lua come back from Python as they went", function()
      pyro.config.SERIALIZER = serializer
      local proxy <close> = pyro.Proxy(start_echo("Python", serializer))
      math.randomseed(SEED)
      for i = 1, COUNT do
        local value = values.random(carried)
        local expected = pyro.repr(values.expected(value, carried))
        local got = pyro.repr(values.expected(proxy:echo(value), ALL))
        if got ~= expected then
          error(("seed %d, value %d: %s came back as %s"):format(SEED, i, expected:sub(1, 500), got:sub(1, 500)))
        end
      end
    end)

    it("from Python come back from Lua as they went", function()
      local run = peers.run("Python", { "spec/interop/python/random_values.py", start_echo("Lua", serializer),
        tostring(SEED), tostring(COUNT), env = { PYRO_SERIALIZER = serializer } })
      assert.are.equal(COUNT .. " values\n", run.output)
    end)
  end)
end
