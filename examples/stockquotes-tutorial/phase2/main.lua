-- main.lua
local pyro = require "pyro"
local stockmarket = require "stockmarket"
local aggregator = require "aggregator"
local viewer = require "viewer"

local function main()
  local markets = stockmarket.main()
  local agg = aggregator.main(markets)
  viewer.main(agg)
  print ""

  -- A daemon without objects: it only waits for the signal to stop, while the markets go on.
  pyro.Daemon {}:requestLoop()
end

main()
