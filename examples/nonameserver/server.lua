-- Serves without a name server: clients have to be told the URIs.
local pyro = require "pyro"

local QuoteGen = { __name = "QuoteGen" }
QuoteGen.__index = QuoteGen

function QuoteGen:quote()
  local fortune <close> = assert(io.popen "fortune 2>/dev/null")
  local quote = fortune:read "a"
  return quote ~= "" and quote
    or "This system cannot provide you a good fortune, install 'fortune'"
end

local daemon <close> = pyro.Daemon {}
local uri1 = daemon:register(setmetatable({}, QuoteGen)) -- gets an id
local uri2 = daemon:register(setmetatable({}, QuoteGen), "example.quotegen")

print "QuoteGen is ready, not using the Name Server."
print "You can use the following two URIs to connect to me:"
print(uri1)
print(uri2)
daemon:requestLoop()
