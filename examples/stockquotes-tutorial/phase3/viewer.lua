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

--- The items of a comma separated text, without the blanks around them.
local function split(text)
  local items = {}
  for item in (text .. ","):gmatch "%s*(.-)%s*," do
    table.insert(items, item)
  end
  return items
end

local function main()
  local viewer = Viewer()
  local daemon = pyro.Daemon {}
  daemon:register(viewer)
  local aggregator = pyro.Proxy "PYRONAME:example.stockquote.aggregator"
  print("Available stock symbols: " .. pyro.repr(aggregator:available_symbols()))
  io.write "Enter symbols you want to view (comma separated):"
  io.flush()
  local symbols = split(io.read "l" or "")
  aggregator:view(viewer, symbols)
  print("Viewer listening on symbols " .. pyro.repr(symbols))
  daemon:requestLoop()
end

main()
