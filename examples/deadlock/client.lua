-- While a call to the wall waits, the wall calls back, and the callback calls the wall.
local pyro = require "pyro"

local daemon = pyro.Daemon {}

--- A player who throws the ball to a wall with this proxy, whenever it comes back.
local function new_player(wall)
  local player = {}
  function player:catch(height)
    print("player has the ball at height " .. height)
    if height == 0 then
      return "it lies at the player"
    end
    return wall:throw(height - 1, player)
  end
  daemon:register(player)
  return player
end

local wall <close> = pyro.Proxy "PYRONAME:example.deadlock"

print "The first call's proxy is used again while it waits:"
print(select(2, pcall(wall.throw, wall, 3, new_player(wall))))

print "The callback has a proxy of its own for each throw:"
local own = {}
function own:throw(height, player)
  local another <close> = pyro.Proxy "PYRONAME:example.deadlock"
  return another:throw(height, player)
end
print(wall:throw(5, new_player(own)))
