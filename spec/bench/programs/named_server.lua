--- A name server, and the object http.bench, in one process.
local pyro = require "pyro"

local bench = {}

function bench:echo(value)
  return value
end

--- The first number comes at once, and the next one after everything has been measured.
function bench:ticks()
  local number = 0
  return function()
    number = number + 1
    pyro.sleep(number > 1 and 600 or 0)
    return number
  end
end

local names <close> = require "pyro.naming".startNS { host = "127.0.0.1", port = 0 }
local daemon = pyro.Daemon { host = "127.0.0.1" }
local port = names:uriFor("Pyro.NameServer").port
pyro.locateNS("127.0.0.1", port):register("http.bench", daemon:register(bench))
print("at 127.0.0.1:" .. port)
io.stdout:flush()
daemon:requestLoop()
