--- The example nameserverstress, Pyro's and ours, with each name server.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local ORIGINALS = {
  Pyro4 = "/usr/share/doc/pyro4/examples/nameserverstress/stress.py",
  Pyro5 = (os.getenv "PYRO5_PATH" or "") .. "/examples/nameserverstress/stress.py",
}

describe("the stress of a name server", function()
  after_each(process.stop_all)

  --- Runs it until each trasher has done something twice, and control-c.
  local function check(program, language, names)
    local _, env = peers.name_server(names)
    local stress = peers.start(language, { program, env = env })
    stress:expect "^Removing previous stresstest registrations%.%.%.\nDone%. Starting%.\n"
    for number = 0, 4 do
      stress.seen = 1
      stress:expect(("%%f[%%w]%d .*%%f[%%w]%d "):format(number, number))
    end
    stress:kill "sigint"
    assert.are.equal(0, stress:wait())
    assert.are.equal("", stress.err)
    -- Python's threads write their line ends apart from the lines.
    assert.are.equal(5, select(2, stress.out:gsub("Name Server trasher running%.", "")))
    local stopping = stress.out:match "Break%-%- waiting for threads to stop%.(.*)$"
    assert.are.equal(5, select(2, stopping:gsub("Trasher exiting%.", "")))
    assert.matches("cleaned up %d+ names%.\n$", stopping)
    local left = peers.nsc("Lua", env, { "listmatching", "stresstest" })
    assert.matches("^%-%-%-%-%-%-%-%-START LIST[^\n]*\n%-%-%-%-%-%-%-%-END LIST", left.out)
  end

  for _, generation in ipairs(peers.generations()) do
    it("our program, a name server of " .. generation, function()
      check("examples/nameserverstress/stress.lua", "Lua", generation)
    end)
    it(("the program of %s, our name server"):format(generation), function()
      check(ORIGINALS[generation], generation, "Lua")
    end)
  end
end)
