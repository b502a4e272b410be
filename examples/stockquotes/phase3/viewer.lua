-- viewer.lua
local here = arg[0]:gsub("[^/]*$", "")
package.path = here .. "?.lua;" .. package.path

local pyro = require "pyro"
local list = require "list"

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
  io.stdout:setvbuf "line"
  local viewer = Viewer()
  local daemon = pyro.Daemon {}
  daemon:register(viewer)
  local aggregator = pyro.Proxy "PYRONAME:example.stockquote.aggregator"
  print("Available stock symbols: " .. list.text(aggregator:available_symbols()))
  io.write "Enter symbols you want to view (comma separated):"
  io.flush()
  local symbols = split(io.read "l" or "")
  aggregator:view(viewer, symbols)
  print("Viewer listening on symbols " .. list.text(symbols))
  daemon:requestLoop()
end

if arg[0]:match "[^/]*$" == "viewer.lua" then
  main()
end

return Viewer
