--- The tutorial, with each part in the language of the others' neighbour.
local process = require "spec.support.process"
local tags = require "spec.support.tags"
local tutorial = require "spec.support.tutorial"

describe("the tutorial between Lua and Python", function()
  after_each(process.stop_all)

  for visitor, warehouse in pairs { Lua = "Pyro4", Pyro4 = "Lua" } do
    it(("%s visits a warehouse in %s by its uri"):format(visitor, warehouse), function()
      tutorial.check_visit(visitor, warehouse)
    end)

    for _, names in ipairs { "Lua", "Pyro4" } do
      it(("%s visits a warehouse in %s by a name server in %s"):format(visitor, warehouse, names)
        .. tags({ 31, 45 }, visitor, warehouse), function()
        tutorial.check_named_visit(visitor, warehouse, names)
      end)
    end
  end

  for _, names in ipairs { "Lua", "Pyro4" } do
    it("all Lua but a name server in " .. names, function()
      tutorial.check_named_visit("Lua", "Lua", names)
    end)
    for _, component in ipairs { "stockmarket", "aggregator", "viewer" } do
      it(("stock quotes, %s in Python, a name server in %s"):format(component, names), function()
        local languages = { names = names, stockmarket = "Lua", aggregator = "Lua", viewer = "Lua" }
        languages[component] = "Pyro4"
        tutorial.check_stockquotes(languages)
      end)
    end
  end

  it("stock quotes, all in Python but a name server in Lua", function()
    tutorial.check_stockquotes {
      names = "Lua", stockmarket = "Pyro4", aggregator = "Pyro4", viewer = "Pyro4" }
  end)
end)
