--- Each example does what its README shows.
local examples = require "spec.support.examples"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

describe("the example", function()
  after_each(process.stop_all)

  for _, folder in ipairs(examples.folders()) do
    if folder ~= "privilege-separation" or uv.getuid() == 0 then -- that one's servers are root
      it(folder, function()
        examples.check(folder)
      end)
    end
  end
end)

describe("what READMEs do not show:", function()
  after_each(process.stop_all)

  --- Starts the programs, each of which goes on, with a name server for all.
  local function start(folder, ...)
    local _, env = peers.name_server "Lua"
    local programs = {}
    for i, command in ipairs { ... } do
      programs[i] = examples.start(folder, command, { env = env })
      programs[i]:expect "running[^\n]*%.\n"
    end
    return env, table.unpack(programs)
  end

  it("who leaves a chat box, or is just gone, is missed", function()
    local env, server = start("chatbox", "pyrolua server.lua")
    local function join(nick, text)
      local client = examples.start("chatbox", "pyrolua client.lua", { env = env })
      client:write("kitchen\n" .. nick .. "\n" .. (text or ""))
      server:expect(nick .. " JOINED kitchen\n")
      client:expect "Ready for input! Type /quit to quit\n"
      return client
    end
    local ann, janet = join "Ann", join "Janet"
    ann:expect "%[SERVER%] %*%* Janet joined %*%*\n"
    janet:kill "sigkill"
    janet:wait()
    local bob = join("Bob", "hello?\n")
    server:expect "Removed dead listener Janet "
    bob:close_input()
    assert.are.equal(0, bob:wait())
    ann:expect "%[Bob%] hello%?\n"
    ann:expect "%[SERVER%] %*%* Bob left %*%*\n"
    ann:write "/quit\n"
    assert.are.equal(0, ann:wait())
    server:expect "REMOVED CHANNEL kitchen\nAnn LEFT kitchen\n"
  end)

  it("a message bus drops who is gone, and goes on", function()
    local env, bus = start("messagebus", "pyrolua server.lua")
    local subscribers = {}
    for i = 1, 2 do
      subscribers[i] = examples.start("messagebus", "pyrolua subscriber.lua", { env = env, input = "\n" })
      subscribers[i]:expect "Subscribed on weather%-forecast\n"
    end
    subscribers[1]:kill "sigkill"
    subscribers[1]:wait()
    examples.start("messagebus", "pyrolua publisher.lua", { env = env, input = "Rome\n" })
    bus:expect "removing a subscription to weather%-forecast, because of "
    subscribers[2]:expect "    data: %('Rome', '%l+'%)\n"
    subscribers[2]:expect "    data: %('Rome', '%l+'%)\n"
  end)

  it("a picture is animated, by servers or without them", function()
    local _, env = peers.name_server "Lua"
    local alone = examples.start("distributed-mandelbrot", "pyrolua client_asciizoom.lua 0.1", { env = env })
    assert.are.equal(1, alone:wait())
    assert.matches("^0 mandelbrot calculation servers found%.\n", alone.out)
    assert.matches("ValueError: launch at least one mandelbrot calculation server", alone.output)
    for number = 1, 2 do
      local server = examples.start("distributed-mandelbrot", "pyrolua server.lua " .. number, { env = env })
      server:expect "ready%.\n"
    end
    for _, program in ipairs { "client_asciizoom", "normal" } do
      local shown = examples.start("distributed-mandelbrot", ("pyrolua %s.lua 1000"):format(program), { env = env })
      local frame = shown:expect " FPS time=[%d.]+ width=[%d.]+\n(.-)\n\27"
      local lines = 0
      for line in frame:gmatch "[^\n]+" do
        assert.are.equal(100, #line)
        lines = lines + 1
      end
      assert.are.equal(40, lines)
      assert.matches('!!!!""""+####+%$+%%%%+&', frame) -- the set's neighbourhood
    end
    local short = examples.start("distributed-mandelbrot", "pyrolua normal.lua 0.1")
    assert.are.equal(0, short:wait(), short.err)
    assert.matches("\nFinal FPS: %d+%.%d%d\n$", short.out)
  end)
end)

describe("the index of examples", function()
  it("lists all, by name", function()
    assert.are.same(examples.folders(), examples.indexed())
  end)
end)
