--- Pyro's own test suites against servers in Lua. They are not part of this project: they run where
--- PYRO4_PATH or PYRO5_PATH names a checkout (spec/interop/judges/README.md).
local hosts = require "spec.support.hosts"
local process = require "spec.support.process"
local uv = require "luv"

local TESTS = { ["4"] = "/tests/PyroTests", ["5"] = "/tests" }
local LONGEST = 900 -- seconds

describe("Pyro's own test suite", function()
  after_each(process.stop_all)

  for _, generation in ipairs { "4", "5" } do
    local variable = ("PYRO%s_PATH"):format(generation)
    local checkout = os.getenv(variable)
    if checkout and uv.fs_stat(checkout .. TESTS[generation]) then
      it(("of Pyro%s passes but for what is known to differ"):format(generation), function()
        local host = hosts.two()
        local judges = host:start { "spec/interop/judges/run", "-s", "serpent",
          env = { PYRO4_PATH = false, PYRO5_PATH = false, [variable] = checkout } }
        local code = judges:wait(LONGEST)
        assert.are.equal(0, code, judges.output)
      end)
    end
  end
end)
