-- stockmarket.lua
local pyro = require "pyro"

local StockMarket = { __name = "StockMarket" }
StockMarket.__index = StockMarket

setmetatable(StockMarket, {
  __call = function(class, marketname, symbols)
    return setmetatable({ name = marketname, symbols = symbols }, class)
  end,
})

local function round(value, digits)
  return tonumber(("%%.%df"):format(digits):format(value))
end

--- Quotes without an end: each is made when somebody wants the next.
function StockMarket:quotes()
  return coroutine.wrap(function()
    while true do
      local symbol = self.symbols[math.random(#self.symbols)]
      coroutine.yield(pyro.tuple { symbol, round(5 + 145 * math.random(), 2) })
      pyro.sleep(math.random() / 2)
    end
  end)
end

pyro.attributes(StockMarket, "name", "symbols")

local HOST_IP = "127.0.0.1" -- the address at which others reach this machine: "192.168.1.99"
local HOST_PORT = 9092 -- any that is free, and open to others

local function main()
  local nasdaq = StockMarket("NASDAQ", { "AAPL", "CSCO", "MSFT", "GOOG" })
  local newyork = StockMarket("NYSE", { "IBM", "HPQ", "BP" })

  local daemon = pyro.Daemon { host = HOST_IP, port = HOST_PORT }
  local nasdaq_uri = daemon:register(nasdaq)
  local newyork_uri = daemon:register(newyork)
  local ns = pyro.locateNS()
  ns:register("example.stockmarket.nasdaq", nasdaq_uri)
  ns:register("example.stockmarket.newyork", newyork_uri)

  print "Stockmarkets available."
  daemon:requestLoop()
end

main()
