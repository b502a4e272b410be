--- Registers names as fast as a name server at PORT answers, until it is gone. Each line that it reads
--- is a command: "register ROUND" says "going" once a name is acknowledged, then "ended COUNT"; "check"
--- says "right COUNT", or what is wrong with what was ever acknowledged. usage: registrar.lua PORT
local pyro = require "pyro"

local WORKERS = 8

local port = math.tointeger(arg[1])
local acknowledged, count = {}, 0
local going -- a name was acknowledged in this round

local function say(...)
  print(...)
  io.stdout:flush()
end

local function uri_of(name)
  return ("PYRO:%s@localhost:1"):format(name)
end

local function register(round, worker)
  local ns = pyro.locateNS("localhost", port)
  for i = 1, math.huge do
    local name = ("r%d.%d.%d"):format(round, worker, i)
    ns:register(name, uri_of(name), { metadata = { "of " .. name } })
    acknowledged[name] = true
    count = count + 1
    if not going then
      going = true
      say "going"
    end
  end
end

local function register_all(round)
  local left, ended = WORKERS, pyro.event()
  local why
  going = false
  for worker = 1, WORKERS do
    pyro.spawn(function()
      why = select(2, pcall(register, round, worker))
      left = left - 1
      if left == 0 then
        ended:set()
      end
    end)
  end
  ended:wait()
  say(going and "ended " .. count or "nothing is registered: " .. tostring(why))
end

--- Checks that what is there, acknowledged or not, is as it was sent.
local function check()
  local ns = pyro.locateNS("localhost", port)
  local there = ns:list { prefix = "r", return_metadata = true }
  for name in pairs(acknowledged) do
    if not there[name] then
      return "lost " .. name
    end
  end
  for name, entry in pairs(there) do
    if tostring(entry[1]) ~= uri_of(name) or entry[2][1] ~= "of " .. name then
      return "damaged " .. name
    end
  end
  return "right " .. count
end

say "ready"
for line in io.lines() do
  local round = line:match "register (%d+)"
  if round then
    register_all(math.tointeger(round))
  else
    say(check())
  end
end
