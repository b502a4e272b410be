--- The stock quotes of the tutorial's last chapter as their author wrote them, which talk by pickle, in all mixtures
--- with ours.
local process = require "spec.support.process"
local tags = require "spec.support.tags"
local tutorial = require "spec.support.tutorial"

local COMPONENTS = { "stockmarket", "aggregator", "viewer" }

--- Settings that the tutorial has everybody make, its programs and the name server.
local VARIABLE = { PYRO_SERIALIZERS_ACCEPTED = "pickle" }

--- All mixtures of Lua's and the author's programs: for each component, which it is.
local function mixtures()
  local all = {}
  for number = 0, 7 do
    local mixture = {}
    for i, component in ipairs(COMPONENTS) do
      mixture[component] = number >> (i - 1) & 1 == 0 and "Lua" or "the tutorial"
    end
    all[#all + 1] = mixture
  end
  return all
end

--- The components that are the author's.
local function shown(mixture)
  local names = {}
  for _, component in ipairs(COMPONENTS) do
    if mixture[component] ~= "Lua" then
      names[#names + 1] = component .. ".py"
    end
  end
  return names[1] and table.concat(names, ", ") or "none of the author's"
end

describe("the tutorial's own stock quotes", function()
  after_each(process.stop_all)

  it("are what the tutorial's text says", function()
    for _, component in ipairs(COMPONENTS) do
      local kept, told = tutorial.original(component)
      assert.are.equal(told or kept, kept)
      assert.matches("Pyro4.config.SERIALIZER = 'pickle'\n", kept, 1, true)
    end
  end)

  for _, mixture in ipairs(mixtures()) do
    for _, names in ipairs { "Lua", "Pyro4" } do
      it(("%s, a name server in %s, all set to pickle"):format(shown(mixture), names)
        .. tags({ 37 }, "Lua", "Pyro4") .. tags({ 37 }, "Pyro4", "Lua"), function()
        mixture.names = names
        tutorial.check_stockquotes(mixture, VARIABLE)
      end)
    end

    it(shown(mixture) .. ", a name server in Lua, nothing set", function()
      mixture.names = "Lua"
      tutorial.check_stockquotes(mixture)
    end)
  end
end)
