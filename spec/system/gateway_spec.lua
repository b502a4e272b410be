--- The gateway of examples/embed, which answers later, with threads: also run under ThreadSanitizer.
local examples = require "spec.support.examples"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

describe("a gateway in C", function()
  after_each(process.stop_all)

  local env, backend, gateway

  before_each(function()
    local _
    _, env = peers.name_server "Lua"
    backend = examples.start("embed", "pyrolua backend.lua", { env = env })
    backend:expect "The backend is running.\n"
    gateway = examples.start("embed", "./gateway", { env = env })
    gateway:expect "The gateway is running.\n"
  end)

  --- Starts a client that runs code with the gateway's proxy as `gateway`.
  local function start(code)
    return peers.start("Lua", { "-e", 'gateway = pyro.Proxy "PYRONAME:example.gateway" ' .. code, env = env })
  end

  it("answers each client as soon as the backend does", function()
    local clients = examples.start("embed", "pyrolua clients.lua", { env = env })
    assert.are.equal(0, clients:wait(60))
    assert.matches("100 answers that take 0%.2 seconds\n100 answers that take 1%.0 .-\n100 answers that take 3%.0 ",
      clients.output)
    gateway:kill "sigterm"
    assert.are.equal(0, gateway:wait())
  end)

  it("passes on what the backend raises, and what is no number", function()
    local client = start [[
      print(pcall(gateway.ask, gateway, -1))
      print(pcall(gateway.ask, gateway, "x"))
      print(pcall(gateway.factor, gateway, 1))]]
    client:expect "false\tRuntimeError: .-\nfalse\tTypeError: .-\nfalse\tValueError: 1 has no factor\n"
  end)

  it("outlives clients that leave", function()
    local client = start [[
      for _ = 1, 50 do pyro.spawn(function() pyro.Proxy(gateway):ask(0.5) end) end
      print(gateway:ask(0) and "sent")]]
    client:expect "sent\n"
    client:kill "sigkill"
    client:wait()
    local next_client = start "print(gateway:ask(0.6))"
    next_client:expect "0.6\n"
    gateway:kill "sigterm"
    assert.are.equal(0, gateway:wait())
  end)

  it("ends amid calls", function()
    local client = start [[
      for _ = 1, 20 do pyro.spawn(function() pyro.Proxy(gateway):ask(60) end) end
      print(gateway:ask(0))
      print(pcall(gateway.ask, gateway, 60))]]
    client:expect "0.0\n"
    gateway:kill "sigterm"
    assert.are.equal(0, gateway:wait())
    client:expect "false\t%w*Error"
  end)
end)
