-- remote.lua: what others call: the game server, the robots that it gives out, and observers.
local pyro = require "pyro"

local GameServer = {}
GameServer.__index = GameServer

function GameServer.new(engine, daemon)
  return setmetatable({ engine = engine, daemon = daemon }, GameServer)
end

--- Signs up a robot. Its observer is told how the game goes; the robot that is returned is a proxy.
function GameServer:register(name, observer)
  local bot = self.engine:signup_robot(name, observer)
  self.daemon:register(bot)
  return bot
end

local RemoteBot = {}
RemoteBot.__index = RemoteBot

function RemoteBot.new(robot, engine)
  return setmetatable({ robot = robot, engine = engine }, RemoteBot)
end

function RemoteBot:get_data()
  return self.robot
end

function RemoteBot:change_direction(direction)
  self.robot.dx, self.robot.dy = table.unpack(direction)
end

function RemoteBot:emote(text)
  self.robot:emote(text)
end

function RemoteBot:terminate()
  self.engine:remove_robot(self.robot)
end

--- Any direction along the grid, or none.
local function random_direction()
  local step = math.random(-1, 1)
  return pyro.tuple(math.random() >= 0.5 and { step, 0 } or { 0, step })
end

--- The observer of a robot of the server's own: it moves about. The code is as that of clients.
local LocalGameObserver = {}
LocalGameObserver.__index = LocalGameObserver

function LocalGameObserver.new(name)
  return setmetatable({ name = name }, LocalGameObserver)
end

function LocalGameObserver:world_update()
  if math.random() > 0.8 then
    self.robot:change_direction(random_direction())
  end
end

function LocalGameObserver:start()
  self.robot:emote "Here we go!"
end

function LocalGameObserver:victory()
  print(("[%s] I WON!!!"):format(self.name))
end

function LocalGameObserver:death(killer)
  print(("[%s] I DIED%s"):format(self.name,
    killer and (" (%s did it)"):format(killer.name) or ""))
end

--- The base of clients' observers.
local GameObserver = {}
GameObserver.__index = GameObserver

function GameObserver:world_update(iteration, world, robotdata) end -- luacheck: ignore

function GameObserver:start()
  print "Battle starts!"
end

function GameObserver:victory()
  print "I WON!!!"
end

function GameObserver:death(killer)
  print "I DIED"
  if killer then
    print(killer.name .. " KILLED ME :(")
  end
end

return {
  GameServer = GameServer,
  RemoteBot = RemoteBot,
  LocalGameObserver = LocalGameObserver,
  GameObserver = GameObserver,
  random_direction = random_direction,
}
