-- aggregator.lua
local pyro = require "pyro"

local Aggregator = { __name = "Aggregator" }
Aggregator.__index = Aggregator

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then
      return true
    end
  end
  return false
end

setmetatable(Aggregator, {
  __call = function(class)
    -- The viewers are a list, where Python has a dict: a viewer may join while quotes are sent to
    -- the others, and pairs() cannot go on over a table that gets a new key.
    return setmetatable({ viewers = {}, symbols = {} }, class)
  end,
})

function Aggregator:add_symbols(symbols)
  table.move(symbols, 1, #symbols, #self.symbols + 1, self.symbols)
end

function Aggregator:available_symbols()
  return self.symbols
end

function Aggregator:view(viewer, symbols)
  print("aggregator gets a new viewer, for symbols: " .. pyro.repr(symbols))
  table.insert(self.viewers, { viewer = viewer, symbols = symbols })
end

function Aggregator:quotes(market, stockquotes)
  for symbol, value in pairs(stockquotes) do
    for _, entry in ipairs(self.viewers) do
      if contains(entry.symbols, symbol) then
        entry.viewer:quote(market, symbol, value)
      end
    end
  end
end

local function main(markets)
  local aggregator = Aggregator()
  for _, stockmarket in ipairs(markets) do
    print("joining market " .. stockmarket.name)
    stockmarket:listener(aggregator)
    aggregator:add_symbols(stockmarket:symbols())
  end
  if #aggregator:available_symbols() == 0 then
    error(pyro.ValueError "no symbols found! (have you started the stock market first?)")
  end
  print("Aggregator running. Symbols: " .. pyro.repr(aggregator:available_symbols()))
  return aggregator
end

return { Aggregator = Aggregator, main = main }
