--- The settings: Pyro4's by name and default, as both programs print them.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local MODULE = { Lua = "pyro.configuration", Pyro4 = "Pyro4.configuration" }

--- Items that Pyro4 has but that mean nothing here, or not yet.
local OTHERS = {
  DILL_PROTOCOL_VERSION = true, FLAME_ENABLED = true, JSON_MODULE = true, SERVERTYPE = true,
  THREADPOOL_SIZE = true, THREADPOOL_SIZE_MIN = true, USE_MSG_WAITALL = true,
}

--- Defaults that are not Pyro4's, and why.
local DIFFERENT = {
  MAX_MESSAGE_SIZE = "1073741824", -- as Pyro5: nobody fills the memory
  PICKLE_PROTOCOL_VERSION = "4", -- what every Python 3 reads
  REQUIRE_EXPOSE = "False", -- Lua's objects have no decorators
  SERIALIZER = "auto",
  SERIALIZERS_ACCEPTED = "serpent, marshal, json, msgpack, pickle, cloudpickle, dill",
  SOCK_NODELAY = "True", -- messages leave whole
}

--- Returns what a configuration program prints: its heading and the items.
local function dump(language, env)
  local run = peers.run(language, { "-m", MODULE[language], env = env })
  assert.are.equal(0, run.code)
  local heading, names, items = {}, {}, {}
  for line in run.out:gmatch "[^\n]+" do
    local name, value = line:match "^([A-Z_]+) = (.*)$"
    if name then
      names[#names + 1] = name
      items[name] = value
    else
      heading[#heading + 1] = line
    end
  end
  return items, names, heading, run
end

local UNSET = { PYRO_SERIALIZER = false, PYRO_SERIALIZERS_ACCEPTED = false, PYRO_REQUIRE_EXPOSE = false }

describe("pyro.configuration", function()
  after_each(process.stop_all)

  it("prints Pyro4's settings with Pyro4's defaults #r44 #r48", function()
    local reference = dump("Pyro4", UNSET)
    local items = dump "Lua"
    for name, value in pairs(reference) do
      if not OTHERS[name] then
        assert.are.equal(name .. " = " .. (DIFFERENT[name] or value), name .. " = " .. tostring(items[name]))
      end
    end
  end)

  it("prints a heading, and the items in order", function()
    local _, names, heading = dump "Lua"
    local sorted = table.move(names, 1, #names, 1, {})
    table.sort(sorted)
    assert.are.same(sorted, names)
    assert.are.equal(5, #heading)
    assert.matches("^Pyro version: pyrolua %d+%.%d+%.%d+$", heading[1])
    assert.are.equal("Loaded from: the program itself", heading[2])
    assert.are.equal("Protocol versions: 48 and 502", heading[4])
    local _, _, reference = dump "Pyro4"
    assert.are.equal(reference[5], heading[5])
  end)

  it("prints what the environment sets, as Pyro4 does #r44", function()
    local env = {
      PYRO_HOST = "example.org", PYRO_NATPORT = "4444", PYRO_COMMTIMEOUT = "2.5", PYRO_METADATA = "no",
      PYRO_ITER_STREAM_LINGER = "0", PYRO_ONEWAY_THREADED = "OFF", PYRO_LOGLEVEL = "ERROR",
      PYRO_LOGFILE = "{stderr}",
    }
    local reference = dump("Pyro4", env)
    local items = dump("Lua", env)
    for name in pairs(env) do
      name = name:sub(6)
      assert.are.equal(reference[name], items[name])
    end
  end)

  it("warns of variables that are no settings, and refuses values that do not fit #r44", function()
    local _, _, _, run = dump("Lua", { PYRO_SERVERTYPE = "multiplex" })
    assert.are.equal("pyrolua: warning: PYRO_SERVERTYPE is no setting of this version; ignored\n", run.err)
    local refused = peers.run("Lua", { "-m", "pyro.configuration", env = { PYRO_COMPRESSION = "a bit" } })
    assert.are.equal(1, refused.code)
    assert.matches("invalid boolean value: PYRO_COMPRESSION=a bit\n$", refused.err)
  end)

  it("is what the settings dump, and a reset reads the environment again #r44", function()
    local script = [[
      pyro.config.HOST, pyro.config.NS_PORT = "changed", 1
      print(pyro.config.dump():match "\nHOST = (%S+)")
      pyro.config.reset()
      print(pyro.config.HOST, pyro.config.NS_PORT)
      pyro.config.reset(false)
      print(pyro.config.HOST, pyro.config.NS_PORT)]]
    local run = peers.run("Lua", { "-e", script, env = { PYRO_HOST = "example.org" } })
    assert.are.equal("changed\nexample.org\t9090\nlocalhost\t9090\n", run.output)
  end)
end)
