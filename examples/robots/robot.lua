-- robot.lua: the world, its walls, and the robots in it.
local pyro = require "pyro"

local Robot = { __name = "Robot" }
Robot.__index = Robot

--- A robot on a grid. It is not in a world yet.
function Robot.new(name, grid_dimensions, position, direction, strength)
  local self = setmetatable({ name = name, strength = strength or 5 }, Robot)
  self.gridw, self.gridh = table.unpack(grid_dimensions)
  self.x, self.y = table.unpack(position)
  self.dx, self.dy = table.unpack(direction or { 0, 0 })
  return self
end

--- Robots travel as data.
pyro.registerClass("robot.Robot", Robot, function(robot)
  return {
    name = robot.name,
    grid_dimensions = pyro.tuple { robot.gridw, robot.gridh },
    position = pyro.tuple { robot.x, robot.y },
    direction = pyro.tuple { robot.dx, robot.dy },
    strength = robot.strength,
  }
end, function(data)
  return Robot.new(data.name, data.grid_dimensions, data.position, data.direction, data.strength)
end)

--- Weakens a robot that is in the way, or, at a wall, the robot that moved.
local function collide(robot, other, world)
  robot.dx, robot.dy = 0, 0 -- whoever hits something comes to a standstill
  if not other.strength then
    robot.strength = robot.strength - 1
    if robot.strength <= 0 then
      print(("[server] %s killed himself!"):format(robot.name))
      world:remove(robot)
      robot.died(nil)
    end
    return
  end
  other.strength = other.strength - 1
  if other.strength <= 0 then
    print(("[server] %s killed %s!"):format(robot.name, other.name))
    world:remove(other)
    other.died(robot)
  end
end

--- Moves in its direction, unless the world ends there, or something is in the way.
function Robot:move(world)
  local x = math.max(0, math.min(self.gridw - 1, self.x + self.dx))
  local y = math.max(0, math.min(self.gridh - 1, self.y + self.dy))
  local other = world:at(x, y)
  if other and other ~= self then
    collide(self, other, world)
  else
    self.x, self.y = x, y
  end
end

function Robot:emote(text)
  print(("[server] %s says: '%s'"):format(self.name, text))
end

local World = { __name = "World" }
World.__index = World

function World.new(width, height)
  return setmetatable({ width = width, height = height, walls = {}, robots = {} }, World)
end

function World:add_wall(x, y)
  table.insert(self.walls, { x = x, y = y })
end

function World:add_robot(robot)
  table.insert(self.robots, robot)
end

--- The wall or robot in a place.
function World:at(x, y)
  for _, list in ipairs { self.walls, self.robots } do
    for _, object in ipairs(list) do
      if object.x == x and object.y == y then
        return object
      end
    end
  end
end

function World:remove(robot)
  for i, other in ipairs(self.robots) do
    if other == robot then
      table.remove(self.robots, i)
    end
  end
end

--- The world's lines as text: "#" is a wall, and mark(robot) a robot.
function World:dump(mark)
  local lines = {}
  for y = 0, self.height - 1 do
    local line = {}
    for x = 0, self.width - 1 do
      local object = self:at(x, y)
      line[x + 1] = not object and " " or object.strength and mark(object) or "#"
    end
    lines[y + 1] = table.concat(line)
  end
  return lines
end

--- Returns the world for observers: its size, all that is in it, and the robots again.
function World:state()
  local all = {}
  for i, wall in ipairs(self.walls) do
    all[i] = pyro.tuple { wall.x, wall.y }
  end
  table.move(self.robots, 1, #self.robots, #all + 1, all)
  return pyro.tuple { self.width, self.height, all, self.robots }
end

return { Robot = Robot, World = World }
