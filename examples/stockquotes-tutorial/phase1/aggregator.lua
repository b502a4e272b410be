-- aggregator.lua
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

return Aggregator
