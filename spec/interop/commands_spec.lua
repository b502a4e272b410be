--- pyrolua call, inspect and stub with objects of the real Pyro.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = "spec/interop/python/commanded.py"

for _, language in ipairs(peers.generations()) do
  describe("with an object of " .. language .. ", pyrolua", function()
    local uri

    before_each(function()
      uri = peers.start(language, { SERVER, language }):expect "(PYRO:the%.shop@%S+)\n"
    end)
    after_each(process.stop_all)

    local function output(...)
      local program = process.run_pyrolua { ... }
      assert.are.equal("", program.err)
      return program.out
    end

    it("calls", function()
      assert.are.equal('"Hello you"\n', output("call", uri, "visit", ":you"))
      assert.are.equal('"Bye you"\n', output("call", uri, "visit", ":you", "--named", "greeting=:Bye"))
      assert.are.equal('{"chair": 2.5}\n', output("call", "--json", uri, "prices"))
      local program = process.run_pyrolua { "call", uri, "visit", ":" }
      assert.are.equal(1, program.code)
      assert.matches("in visit\n.*\npyrolua: ValueError: a name is needed\n$", program.err)
    end)

    it("inspects", function()
      assert.matches("methods:\n  note %(oneway%)\n  prices\n  visit\nattributes:\n  visits\n$", output("inspect", uri))
    end)

    it("writes stubs", function()
      local text = output("stub", uri)
      assert.matches("\n%-%-%-@field visit fun%(self: the%.shop, %.%.%.: any%): any\n", text)
      assert.matches("\n%-%-%-@field visits any\n", text)
    end)
  end)
end
