-- stockmarket.lua
local function normalvariate(mean, deviation)
  local u, v = 1 - math.random(), math.random()
  return mean + deviation * math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)
end

local function round(value, digits)
  return tonumber(("%%.%df"):format(digits):format(value))
end

local StockMarket = { __name = "StockMarket" }
StockMarket.__index = StockMarket

setmetatable(StockMarket, {
  __call = function(class, marketname, symbols)
    local self = setmetatable({ name = marketname, symbolmeans = {}, aggregators = {} }, class)
    for _, symbol in ipairs(symbols) do
      self.symbolmeans[symbol] = 20 + 180 * math.random()
    end
    return self
  end,
})

function StockMarket:generate()
  local quotes = {}
  for symbol, mean in pairs(self.symbolmeans) do
    if math.random() < 0.2 then
      quotes[symbol] = round(normalvariate(mean, 20), 2)
    end
  end
  for _, aggregator in ipairs(self.aggregators) do
    aggregator:quotes(self.name, quotes)
  end
end

function StockMarket:listener(aggregator)
  table.insert(self.aggregators, aggregator)
end

function StockMarket:symbols()
  local symbols = {}
  for symbol in pairs(self.symbolmeans) do
    table.insert(symbols, symbol)
  end
  table.sort(symbols)
  return symbols
end

return StockMarket
