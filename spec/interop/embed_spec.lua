--- Programs in C and stock Pyro4, with each serializer: what the examples' READMEs show, and what
--- they do not.
local examples = require "spec.support.examples"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

describe("a program in C and Pyro4:", function()
  after_each(process.stop_all)

  local function start(env, command)
    local program = examples.start("embed", command, { env = env })
    program:expect "running%.\n"
    return program
  end

  for _, serializer in ipairs { "serpent", "json", "marshal", "msgpack", "pickle", "cloudpickle", "dill" } do
    it("Pyro4 reads an object in C by " .. serializer, function()
      local _, env = peers.name_server "Lua"
      start(env, "./sensor")
      env.PYRO_SERIALIZER = serializer
      local client = peers.run("Pyro4", { env = env, "-c", [[
import Pyro4
sensor = Pyro4.Proxy("PYRONAME:example.sensor")
print(sensor.read())
try:
    sensor.calibrate(-300)
except ValueError as error:
    print(error)
]] })
      assert.are.equal("21.5\n-300 is colder than cold can be\n", client.output)
    end)

    it("C visits a warehouse in Pyro4 that takes only " .. serializer, function()
      local _, env = peers.name_server "Lua"
      env.PYRO_SERIALIZERS_ACCEPTED, env.PYRO_SERIALIZER = serializer, serializer
      start(env, "python3 warehouse.py")
      local visitor = examples.start("embed", "./visit", { env = env })
      assert.are.equal(0, visitor:wait(), visitor.output)
      assert.matches("6 things: chair flashlight laptop couch television lamp\n", visitor.output)
      assert.matches("\nValueError: list.remove%(x%): x not in list\n$", visitor.output)
    end)
  end

  it("Pyro4 sees the members of an object in C", function()
    local _, env = peers.name_server "Lua"
    start(env, "./sensor")
    local program = peers.start("Pyro4", { env = env, "-c", [[
import Pyro4
sensor = Pyro4.Proxy("PYRONAME:example.sensor")
sensor._pyroBind()
print(sorted(sensor._pyroMethods), sorted(sensor._pyroAttrs), sorted(sensor._pyroOneway))
for call in (lambda: sensor.read(1), lambda: sensor.calibrate(reference=3), lambda: setattr(sensor, "offset", 1)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
batch = Pyro4.batch(sensor)
batch.calibrate(20)
batch.read()
print(list(batch()))
]] })
    assert.are.equal(0, program:wait(), program.output)
    assert.are.equal([[
['calibrate', 'read'] ['offset'] []
21.5
TypeError value 1: float expected, got nothing
AttributeError object has no exposed attribute 'offset'
[None, 20.0]
]], program.output)
  end)

  it("pyrolua shows what an object in C says of its members", function()
    local _, env = peers.name_server "Lua"
    start(env, "./sensor")
    local program = process.run_pyrolua { "inspect", "PYRONAME:example.sensor", env = env }
    assert.matches([[
^PYRO:sensor@localhost:%d+ %(protocol 48%)
A thermometer.
methods:
  calibrate
      calibrate%(reference%): from now on, read%(%) returns what the reference shows.
  read
      Returns the temperature in degrees Celsius.
attributes:
  offset
      What read%(%) adds to the measured temperature.
$]], program.output)
  end)

  it("a client of C that leaves amidst a call costs nobody else anything", function()
    local _, env = peers.name_server "Lua"
    start(env, "./sensor")
    local rude = peers.run("Pyro4", { env = env, "-c", [[
import Pyro4, os
sensor = Pyro4.Proxy("PYRONAME:example.sensor")
sensor._pyroBind()
sensor._pyroConnection.send(b"PYRO")
os._exit(0)
]] })
    assert.are.equal(0, rude.code, rude.output)
    local client = examples.start("embed", "pyrolua read_sensor.lua", { env = env })
    assert.are.equal(0, client:wait(), client.output)
  end)
end)
