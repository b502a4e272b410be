-- viewer.lua
local pyro = require "pyro"

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

--- A stock market for each name that begins like one, whatever markets there are.
local function find_stockmarkets()
  local markets = {}
  for name, uri in pairs(pyro.locateNS():list { prefix = "example.stockmarket." }) do
    print("found market " .. name)
    table.insert(markets, pyro.Proxy(uri))
  end
  if #markets == 0 then
    error(pyro.ValueError "no markets found! (have you started the stock markets first?)")
  end
  return markets
end

local function main()
  local viewer = Viewer()
  viewer.markets = find_stockmarkets()
  viewer.symbols = pyro.set { "IBM", "AAPL", "MSFT" }
  viewer:start()
end

main()
