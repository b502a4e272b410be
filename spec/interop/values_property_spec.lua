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

local ALL = { tuple = true, set = true, empty_set = true }

--- Protocols of pickle: those that Lua's programs write, and Python's.
local PROTOCOLS = { Lua = { 2, 3, 4, 5 }, Python = { 0, 1, 2, 3, 4, 5 } }

--- The settings by which Python uses a serializer, as far as one has to be set.
local function accept(generation, serializer)
  return generation == "Pyro4" and { PYRO_SERIALIZERS_ACCEPTED = serializer } or {}
end

--- Pyro5 is not everywhere: its proofs are the recordings.
local function tag(generation, column)
  return generation == "Pyro4" and " #r38:" .. column or ""
end

local function uri_of(server)
  return "PYRO:target@localhost:" .. server:expect "PORT%s+(%d+)"
end

local function check_from_lua(generation, serializer, protocol)
  local carried = values.carried[serializer]
  local server = peers.start(generation, { "spec/interop/python/random_values.py", generation, "serve",
    env = accept(generation, serializer) })
  pyro.config.SERIALIZER = serializer
  pyro.config.PICKLE_PROTOCOL_VERSION = protocol or pyro.config.PICKLE_PROTOCOL_VERSION
  local proxy <close> = pyro.Proxy(uri_of(server))
  math.randomseed(SEED)
  for i = 1, COUNT do
    local value = values.random(carried)
    local expected = pyro.repr(values.expected(value, carried))
    local got = pyro.repr(values.expected(proxy:echo(value), ALL))
    if got ~= expected then
      error(("seed %d, value %d: %s came back as %s"):format(SEED, i, expected:sub(1, 500), got:sub(1, 500)))
    end
  end
end

local function check_from_python(generation, serializer, protocol)
  local env = accept(generation, serializer)
  env.PYRO_SERIALIZER = serializer
  local server = peers.start("Lua", { "-e", ECHO, env = { PYRO_PICKLE_PROTOCOL_VERSION = "5" } })
  local run = peers.run(generation, { "spec/interop/python/random_values.py", generation, "check", uri_of(server),
    tostring(SEED), tostring(COUNT), tostring(protocol or 2), env = env })
  assert.are.equal(COUNT .. " values\n", run.output, "seed " .. SEED)
end

--- Serializers with a name for each variant of theirs.
local function variants(generation, writer)
  local list = {}
  for serializer in pairs(values.carried) do
    if serializer ~= "pickle" then
      list[#list + 1] = { serializer, name = serializer }
    end
  end
  for _, protocol in ipairs(generation == "Pyro4" and PROTOCOLS[writer] or {}) do
    list[#list + 1] = { "pickle", protocol, name = "pickle, protocol " .. protocol }
  end
  return list
end

describe("random values", function()
  local usual = { pyro.config.SERIALIZER, pyro.config.PICKLE_PROTOCOL_VERSION }

  after_each(function()
    pyro.config.SERIALIZER, pyro.config.PICKLE_PROTOCOL_VERSION = table.unpack(usual)
    process.stop_all()
  end)

  for _, generation in ipairs(peers.generations()) do
    for _, variant in ipairs(variants(generation, "Lua")) do
      it(("in %s from Lua come back from %s as they went%s"):format(variant.name, generation,
        tag(generation, "L4")), function()
        check_from_lua(generation, variant[1], variant[2])
      end)
    end

    for _, variant in ipairs(variants(generation, "Python")) do
      it(("in %s from %s come back from Lua as they went%s"):format(variant.name, generation,
        tag(generation, "4L")), function()
        check_from_python(generation, variant[1], variant[2])
      end)
    end
  end
end)
