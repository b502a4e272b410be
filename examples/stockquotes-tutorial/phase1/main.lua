-- main.lua
local pyro = require "pyro"
local StockMarket = require "stockmarket"
local Aggregator = require "aggregator"
local Viewer = require "viewer"

local function main()
  local nasdaq = StockMarket("NASDAQ", { "AAPL", "CSCO", "MSFT", "GOOG" })
  local newyork = StockMarket("NYSE", { "IBM", "HPQ", "BP" })

  local agg = Aggregator()
  agg:add_symbols(nasdaq:symbols())
  agg:add_symbols(newyork:symbols())
  print("aggregated symbols: " .. pyro.repr(agg:available_symbols()))

  nasdaq:listener(agg)
  newyork:listener(agg)

  local view = Viewer()
  agg:view(view, { "IBM", "AAPL", "MSFT" })
  print ""
  while true do
    nasdaq:generate()
    newyork:generate()
    pyro.sleep(0.5)
  end
end

main()
