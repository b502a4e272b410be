--- The tutorial, all in Lua.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tutorial = require "spec.support.tutorial"

describe("the tutorial in Lua", function()
  after_each(process.stop_all)

  it("warehouse, phase 1", function()
    local visit = process.run_pyrolua { "examples/warehouse/phase1/visit.lua", input = tutorial.typed }
    assert.are.equal("", visit.err)
    assert.are.equal(0, visit.code)
    local moved = tutorial.moved:gmatch "[^\n]+\n"
    local expected = tutorial.visited:gsub("(%(or empty%): )", function(prompt)
      return prompt .. moved()
    end)
    assert.are.equal(expected, visit.out)
  end)

  it("warehouse, phase 2", function()
    tutorial.check_visit("Lua", "Lua")
  end)

  it("warehouse, phase 3", function()
    tutorial.check_named_visit("Lua", "Lua", "Lua")
  end)

  it("stock quotes, phase 1", function()
    local main = process.start_pyrolua { "examples/stockquotes-tutorial/phase1/main.lua" }
    main:expect "^aggregated symbols: %['AAPL', 'CSCO', 'GOOG', 'MSFT', 'BP', 'HPQ', 'IBM'%]\n\n"
    main:expect "N%u+%.%u+: %-?%d+%.%d+\n"
  end)

  it("stock quotes, phase 2", function()
    local main = process.start_pyrolua { "examples/stockquotes-tutorial/phase2/main.lua" }
    main:expect("^Stockmarkets running%.\njoining market NASDAQ\njoining market NYSE\n"
      .. "Aggregator running%. Symbols: (%b[])\nAvailable stock symbols: %1\n"
      .. "aggregator gets a new viewer, for symbols: %['IBM', 'AAPL', 'MSFT'%]\n"
      .. "Viewer listening on symbols %['IBM', 'AAPL', 'MSFT'%]\n\n")
    main:expect "N%u+%.%u+: %-?%d+%.%d+\n"
    main:kill "sigint"
    assert.are.equal(0, main:wait())
  end)

  it("stock quotes, phase 3", function()
    tutorial.check_stockquotes { names = "Lua", stockmarket = "Lua", aggregator = "Lua", viewer = "Lua" }
  end)

  it("stock quotes without a market, or without an aggregator", function()
    local _, env = peers.name_server "Lua"
    local aggregator = tutorial.run("Lua", "aggregator", env)
    assert.are.equal(1, aggregator.code)
    assert.matches("ValueError: no symbols found! %(have you started the stock market first%?%)\n", aggregator.err)
    process.run_pyrolua { "-e", "pyro.locateNS():remove 'example.stockquote.aggregator'", env = env }
    local viewer = tutorial.run("Lua", "viewer", env)
    assert.are.equal(1, viewer.code)
    assert.matches("NamingError: unknown name: example.stockquote.aggregator\n", viewer.err)
  end)

  it("Warehouse and Person do not change between the phases", function()
    local function read(path)
      return assert(io.open(path)):read "a"
    end
    local person = read "examples/warehouse/phase1/person.lua"
    local class = read "examples/warehouse/phase1/warehouse.lua":match "^(.*\n)return"
    for _, phase in ipairs { "phase2", "phase3" } do
      assert.are.equal(person, read("examples/warehouse/" .. phase .. "/person.lua"))
      local served = read("examples/warehouse/" .. phase .. "/warehouse.lua")
      assert.are.equal(class, served:sub(1, #class))
    end
  end)
end)
