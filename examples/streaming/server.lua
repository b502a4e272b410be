-- Results that are produced one by one, when the client wants the next.
local pyro = require "pyro"

print "Note: iter-streaming has been enabled in the Pyro config."

--- A function that returns the next item, or nil at the end.
local function numbers(first, last)
  local number = first - 1
  return function()
    number = number + 1
    return number <= last and number or nil
  end
end

local Streamer = { __name = "Streamer" }

--- Attributes that are computed: each time another iterator.
local computed = {
  prop_iter = function()
    return numbers(1, 10)
  end,
  prop_generator = function()
    return numbers(0, 9)
  end,
}

function Streamer.__index(_, name)
  return computed[name] and computed[name]() or Streamer[name]
end

pyro.behavior(Streamer)
pyro.attributes(Streamer, "prop_iter", "prop_generator")

function Streamer.list()
  return { 1, 2, 3, 4, 5, 6, 7, 8, 9 }
end

function Streamer.iterator()
  return numbers(1, 9)
end

--- A coroutine yields its items.
function Streamer.generator()
  return coroutine.wrap(function()
    for i = 1, 9 do
      coroutine.yield(i)
    end
  end)
end

function Streamer.slow_generator()
  return coroutine.wrap(function()
    for i = 1, 9 do
      pyro.sleep(0.5)
      coroutine.yield(i)
    end
  end)
end

--- One without an end.
function Streamer.fibonacci()
  return coroutine.wrap(function()
    local a, b = 0, 1
    while true do
      coroutine.yield(a)
      a, b = b, a + b
    end
  end)
end

pyro.Daemon.serveSimple({ [Streamer] = "example.streamer" }, { ns = false })
