-- A game with a loop of its own: each turn it moves a ball, and serves who calls meanwhile.
local pyro = require "pyro"

local game = { position = 0, speed = 1, over = false }

function game:kick(speed)
  print("somebody kicks the ball")
  self.speed = speed
end

function game:ball()
  return self.position, self.speed
end

function game:stop()
  self.over = true
end

local daemon = pyro.Daemon {}
pyro.locateNS():register("example.eventloop", daemon:register(game))
print "The game is running."

while not game.over do
  game.position = game.position + game.speed
  pyro.step(0.02) -- serves; without a call it waits for that long
end
print "The game is over."
