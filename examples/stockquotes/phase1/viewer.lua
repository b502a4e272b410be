-- viewer.lua
local pyro = require "pyro"
local StockMarket = require "stockmarket"

local Viewer = { __name = "Viewer" }
Viewer.__index = Viewer

setmetatable(Viewer, {
  __call = function(class)
    return setmetatable({ markets = {}, symbols = {} }, class)
  end,
})

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then
      return true
    end
  end
  return false
end

function Viewer:start()
  print("Shown quotes: " .. pyro.repr(self.symbols))
  local sources = {}
  for _, market in ipairs(self.markets) do
    sources[market.name] = market:quotes()
  end
  while true do
    for market, next_quote in pairs(sources) do
      local symbol, value = table.unpack(next_quote())
      if contains(self.symbols, symbol) then
        print(("%s.%s: %s"):format(market, symbol, value))
      end
    end
  end
end

local function main()
  local nasdaq = StockMarket("NASDAQ", { "AAPL", "CSCO", "MSFT", "GOOG" })
  local newyork = StockMarket("NYSE", { "IBM", "HPQ", "BP" })
  local viewer = Viewer()
  viewer.markets = { nasdaq, newyork }
  viewer.symbols = pyro.set { "IBM", "AAPL", "MSFT" }
  viewer:start()
end

main()
