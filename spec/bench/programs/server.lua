--- pyrolua's server: the object that all its clients call. usage: server.lua [OBJECTS [HOST]]: so many
--- others are there, too.
local pyro = require "pyro"

local bench = { called = 0, holding = 0 }

function bench:echo(value)
  return value
end

function bench:note(_)
  self.called = self.called + 1
end

function bench:noted()
  return self.called
end

--- Answers after everything has been measured.
function bench:hold()
  self.holding = self.holding + 1
  pyro.sleep(600)
end

function bench:held()
  return self.holding
end

pyro.oneway(bench, "note")

local daemon = pyro.Daemon { host = arg[2] or "127.0.0.1" }
daemon:register(bench, "bench")
for i = 1, math.tointeger(arg[1]) or 0 do
  daemon:register({}, "other" .. i)
end
print("at " .. daemon.locationStr)
io.stdout:flush()
daemon:requestLoop()
