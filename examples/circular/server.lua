-- One of several servers, each of which passes a message on to the next: server.lua NAME NEXT
local pyro = require "pyro"

local name, next_name = ...
local station = {}

--- The route of a message that came along `route`, until it is where it was before.
function station:pass(route)
  for _, passed in ipairs(route) do
    if passed == name then
      table.insert(route, "back at " .. name)
      return route
    end
  end
  table.insert(route, name)
  return pyro.Proxy("PYRONAME:example.circular." .. next_name):pass(route)
end

pyro.Daemon.serveSimple { [station] = "example.circular." .. name }
