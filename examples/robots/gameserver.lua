-- gameserver.lua: a robot destruction derby. It shows the world, and below it what happens.
local pyro = require "pyro"
local remote = require "remote"
local robots = require "robot"

local WIDTH, HEIGHT = 25, 25
local START_DELAY, PAUSE = 2, 0.04 -- seconds

local Engine = {}
Engine.__index = Engine

--- A world with four walls in it.
local function make_world()
  local world = robots.World.new(WIDTH, HEIGHT)
  local offset, size = 4, 10
  for i = 0, size - 1 do
    world:add_wall(i + offset, offset)
    world:add_wall(i + offset, size + offset + 1)
    world:add_wall(offset, i + offset + 1)
    world:add_wall(size + offset + 2, i + offset + 1)
  end
  return world
end

function Engine.new()
  return setmetatable({ world = make_world(), signups = 0, iteration = 0, open = true }, Engine)
end

local function is_free(world, x, y)
  return world:at(x, y) == nil
end

function Engine:signup_robot(name, observer)
  if not self.open then
    error(pyro.RuntimeError "signups are closed, try again later")
  end
  for _, robot in ipairs(self.world.robots) do
    if robot.name == name then
      error(pyro.ValueError "that name is already taken")
    end
  end
  local x, y
  repeat
    x, y = math.random(0, WIDTH - 1), math.random(0, HEIGHT - 1)
  until is_free(self.world, x, y)
  local robot = robots.Robot.new(name, { WIDTH, HEIGHT }, { x, y })
  robot.observer = observer
  function robot.died(killer)
    self:tell(robot, "death", killer)
  end
  self.world:add_robot(robot)
  self.signups = self.signups + 1
  return remote.RemoteBot.new(robot, self)
end

function Engine:remove_robot(robot)
  self.world:remove(robot)
end

function Engine:add_bots()
  for _ = 1, self.open and 5 or 0 do
    local observer = remote.LocalGameObserver.new("local_bot_" .. self.signups)
    observer.robot = self:signup_robot(observer.name, observer)
  end
end

--- Calls a method of a robot's observer, wherever that is. Who does not answer is out of the game.
function Engine:tell(robot, method, ...)
  local ok, err = pcall(function(...)
    robot.observer[method](robot.observer, ...)
  end, ...)
  if not ok then
    print(("[server] %s is lost: %s"):format(robot.name, err))
    self.world:remove(robot)
  end
end

function Engine:tell_all(method, ...)
  for _, robot in ipairs(table.move(self.world.robots, 1, #self.world.robots, 1, {})) do
    self:tell(robot, method, ...)
  end
end

--- Shows the world at the top of the screen. What is printed scrolls below it.
function Engine:draw()
  local lines = self.world:dump(function(robot)
    return robot.name:sub(1, 1)
  end)
  for y, line in ipairs(lines) do
    lines[y] = ("\27[%d;1H|%s|"):format(y, line)
  end
  io.write("\0277", table.concat(lines), "\0278")
  io.flush()
end

--- One step of the game; returns whether the round is over.
function Engine:update()
  for _, robot in ipairs(table.move(self.world.robots, 1, #self.world.robots, 1, {})) do
    robot:move(self.world)
  end
  self.iteration = self.iteration + 1
  local state = self.world:state()
  for _, robot in ipairs(table.move(self.world.robots, 1, #self.world.robots, 1, {})) do
    self:tell(robot, "world_update", self.iteration, state, robot)
  end
  self:draw()
  local survivor = self.world.robots[1]
  if not survivor then
    print "[server] No results."
  elseif #self.world.robots == 1 then
    self.world:remove(survivor)
    print(("[server] %s wins!"):format(survivor.name))
    self:tell(survivor, "victory")
  end
  return #self.world.robots == 0
end

function Engine:play_round()
  self.open, self.iteration = false, 0
  print "WORLD:"
  for _, line in ipairs(self.world:dump(function() return "R" end)) do
    print(("| %s |"):format(line))
  end
  print(("NUMBER OF ROBOTS: %d"):format(#self.world.robots))
  pyro.sleep(START_DELAY)
  local over = self:update()
  self:tell_all "start"
  while not over do
    pyro.sleep(PAUSE)
    over = self:update()
  end
  self.open, self.signups = true, 0
end

--- Does what is typed in, until there is no more.
local function obey(engine)
  io.stdin:setvbuf "no" -- what was read is not hidden from pyro.readable()
  print "Type 'add' for 5 local bots, 'start' for a round."
  while true do
    pyro.readable(0)
    local command = io.read "l"
    if command == "add" then
      engine:add_bots()
    elseif command == "start" and engine.open then
      pyro.spawn(engine.play_round, engine)
    elseif not command then
      return
    end
  end
end

local engine = Engine.new()
local daemon = pyro.Daemon {}
local uri = daemon:register(remote.GameServer.new(engine, daemon))
local ok = pcall(function()
  pyro.locateNS():register("example.robotserver", uri)
end)
io.write("\27[2J\27[", HEIGHT + 1, "r\27[", HEIGHT + 1, ";1H")
if ok then
  print("Pyro server registered on " .. daemon.locationStr)
else
  print "Can't find the Pyro Nameserver. Running without remote connections."
end
pyro.spawn(obey, engine)
daemon:requestLoop()
io.write "\27[r"
