--- Statistics of a server that somebody attacks.
local process = require "spec.support.process"
local pyro = require "pyro"
local raw = require "spec.support.raw"

local SERVER = [[
  local pyro = require "pyro"
  local daemon = pyro.Daemon {}
  pyro.spawn(print, daemon:register({ echo = function(_, value) return value end }, "desk"))
  daemon:requestLoop()]]

local NAMES, AT_A_TIME = 100000, 100

describe("the statistics of a server", function()
  after_each(process.stop_all)

  it("take no memory for names that clients make up", function()
    local server = process.start_pyrolua { "-e", SERVER }
    local place = server:expect "PYRO:desk@([^\n]+)\n"
    local peer = raw.connect(math.tointeger(place:match ":(%d+)$"))
    assert.are.equal("CONNECTOK", peer:introduce "desk")

    local function attack(from, count)
      for i = from, from + count - 1, AT_A_TIME do
        local calls = {}
        for j = i, i + AT_A_TIME - 1 do
          calls[#calls + 1] = raw.message(raw.INVOKE, raw.call("desk", "made_up_" .. j))
          calls[#calls + 1] = raw.message(raw.INVOKE, raw.call("made_up_" .. j, "echo"))
        end
        peer:send(table.concat(calls))
        for _ = 1, #calls do
          assert.are.equal("RESULT!", (peer:message()))
        end
      end
    end

    local function ask()
      local daemon <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. place)
      return daemon:stats()
    end

    attack(1, NAMES // 10)
    local before = ask()
    attack(NAMES, NAMES)
    local after = ask()
    peer:close()
    assert(after.calls.errors.AttributeError >= NAMES and after.calls.errors.DaemonError >= NAMES)
    local grown = after.memory.resident - before.memory.resident
    assert(grown < 2e6, grown)
    for name in pairs(after.methods) do
      assert.is_nil(name:find "made_up" or name:find "other", name)
    end
  end)
end)
