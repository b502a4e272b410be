-- A ball is thrown back to whoever threw it.
local pyro = require "pyro"

local wall = {}

function wall:throw(height, thrower)
  print("ball at height " .. height)
  if height == 0 then
    return "it lies at the wall"
  end
  return thrower:catch(height - 1)
end

pyro.Daemon.serveSimple { [wall] = "example.deadlock" }
