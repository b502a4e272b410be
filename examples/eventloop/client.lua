local pyro = require "pyro"

local game = pyro.Proxy "PYRONAME:example.eventloop"

--- Whether the ball moves in the right direction while nobody does anything.
local function moves(direction)
  local before = game:ball()[1]
  pyro.sleep(0.2)
  return (game:ball()[1] - before) * direction > 0
end

print("moves to the right", moves(1))
game:kick(-5)
print("moves to the left", moves(-1))
game:stop()
