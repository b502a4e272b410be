-- Results that are produced one by one, when the client wants the next.
local pyro = require "pyro"

local fountain = {}

--- An iterator is a function that returns the next item, or nil at the end.
function fountain:words(text)
  return text:gmatch "%a+"
end

--- A coroutine yields its items.
function fountain:countdown(from)
  return coroutine.wrap(function()
    for number = from, 1, -1 do
      print("producing " .. number)
      coroutine.yield(number)
    end
  end)
end

pyro.Daemon.serveSimple { [fountain] = "example.streaming" }
