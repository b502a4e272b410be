-- client.lua NAME TYPE: a robot that fights on the game server.
local pyro = require "pyro"
local remote = require "remote"
require "robot" -- robots are a class that travels

local function subclass()
  local class = setmetatable({}, remote.GameObserver)
  class.__index = class
  return pyro.oneway(class, "world_update", "start")
end

local DrunkenGameObserver = subclass()

--- Changes direction at random.
function DrunkenGameObserver:world_update(iteration, world, robotdata) -- luacheck: ignore
  if math.random() > 0.8 then
    if math.random() > 0.7 then
      self.robot:emote "..Hic! *burp*"
    end
    self.robot:change_direction(remote.random_direction())
  end
end

local AngryGameObserver = subclass()
AngryGameObserver.directions = { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } } -- clockwise
AngryGameObserver.turns = 0

--- Moves in a loop, yelling angry stuff.
function AngryGameObserver:world_update(iteration, world, robotdata) -- luacheck: ignore
  if iteration % 50 == 0 then
    self.robot:emote "I'll kill you all! GRR"
  end
  if iteration % 10 == 0 then
    self.turns = self.turns + 1
    self.robot:change_direction(pyro.tuple(self.directions[self.turns % 4 + 1]))
  end
end

local ScaredGameObserver = subclass()

--- Runs to a corner.
function ScaredGameObserver:start()
  remote.GameObserver.start(self)
  local corners = { { -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, 1 } }
  self.robot:change_direction(pyro.tuple(corners[math.random(4)]))
end

function ScaredGameObserver:world_update(iteration, world, robotdata) -- luacheck: ignore
  if iteration % 50 == 0 then
    self.robot:emote "I'm scared!"
  end
end

local observers = {
  drunk = DrunkenGameObserver,
  angry = AngryGameObserver,
  scared = ScaredGameObserver,
}

local name, kind = ...
if not observers[kind] then
  print "usage: client.lua <robotname> <robottype>"
  print "   type is one of: ['drunk', 'angry', 'scared']"
  return
end

local daemon = pyro.Daemon {}
local observer = setmetatable({}, observers[kind])
daemon:register(observer)
local gameserver = pyro.Proxy "PYRONAME:example.robotserver"
observer.robot = gameserver:register(name, observer)
observer.robot:emote "Hi there! I'm here to kick your ass"
print("Pyro server registered on " .. daemon.locationStr)
daemon:requestLoop()
