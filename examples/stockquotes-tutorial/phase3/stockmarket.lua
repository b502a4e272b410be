-- stockmarket.lua
local pyro = require "pyro"

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
  local quotes = pyro.dict {} -- without any quotes, a plain {} would travel as an empty list
  for symbol, mean in pairs(self.symbolmeans) do
    if math.random() < 0.2 then
      quotes[symbol] = round(normalvariate(mean, 20), 2)
    end
  end
  print("new quotes generated for " .. self.name)
  for _, aggregator in ipairs(self.aggregators) do
    aggregator:quotes(self.name, quotes)
  end
end

function StockMarket:listener(aggregator)
  print(("market %s adding new aggregator"):format(self.name))
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

function StockMarket:run()
  pyro.spawn(function()
    while true do
      pyro.sleep(math.random())
      self:generate()
    end
  end)
end

local function main()
  local nasdaq = StockMarket("NASDAQ", { "AAPL", "CSCO", "MSFT", "GOOG" })
  local newyork = StockMarket("NYSE", { "IBM", "HPQ", "BP" })

  local daemon = pyro.Daemon {}
  local nasdaq_uri = daemon:register(nasdaq)
  local newyork_uri = daemon:register(newyork)
  local ns = pyro.locateNS()
  ns:register("example.stockmarket.nasdaq", nasdaq_uri)
  ns:register("example.stockmarket.newyork", newyork_uri)

  nasdaq:run()
  newyork:run()
  print "Stockmarkets running."
  daemon:requestLoop()
end

main()
