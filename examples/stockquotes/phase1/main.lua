-- main.lua
local here = arg[0]:gsub("[^/]*$", "")
package.path = here .. "?.lua;" .. package.path

local StockMarket = require "stockmarket"
local Aggregator = require "aggregator"
local Viewer = require "viewer"
local list = require "list"

--- Lua itself cannot sleep. False when control-c ended the sleep.
local function sleep(seconds)
  return os.execute(("sleep %.1f"):format(seconds)) or false
end

local function main()
  io.stdout:setvbuf "line"
  local nasdaq = StockMarket("NASDAQ", { "AAPL", "CSCO", "MSFT", "GOOG" })
  local newyork = StockMarket("NYSE", { "IBM", "HPQ", "BP" })

  local agg = Aggregator()
  agg:add_symbols(nasdaq:symbols())
  agg:add_symbols(newyork:symbols())
  print("aggregated symbols: " .. list.text(agg:available_symbols()))

  nasdaq:listener(agg)
  newyork:listener(agg)

  local view = Viewer()
  agg:view(view, { "IBM", "AAPL", "MSFT" })
  print ""
  repeat
    nasdaq:generate()
    newyork:generate()
  until not sleep(0.5)
end

main()
