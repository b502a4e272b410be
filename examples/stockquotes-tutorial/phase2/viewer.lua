-- viewer.lua
local pyro = require "pyro"

local Viewer = { __name = "Viewer" }
Viewer.__index = Viewer

setmetatable(Viewer, {
  __call = function(class)
    return setmetatable({}, class)
  end,
})

function Viewer:quote(market, symbol, value)
  print(("%s.%s: %s"):format(market, symbol, value))
end

local function main(aggregator)
  local viewer = Viewer()
  print("Available stock symbols: " .. pyro.repr(aggregator:available_symbols()))
  local symbols = { "IBM", "AAPL", "MSFT" }
  aggregator:view(viewer, symbols)
  print("Viewer listening on symbols " .. pyro.repr(symbols))
  return viewer
end

return { Viewer = Viewer, main = main }
