--- Uses a name server that has COUNT names. usage: names.lua LOCATION COUNT WORK
local pyro = require "pyro"

local location, count, work = arg[1], math.tointeger(arg[2]), arg[3]
local host, port = location:match "^(.*):(%d+)$"
local ns = pyro.locateNS(host, math.tointeger(port))
local uri = "PYRO:bench@localhost:4444"
local clients = {}

--- Of 1,000 names each the first part is the same; of 100 the second, too.
local function name(i)
  return ("t%d.g%d.n%d"):format(i // 1000, i // 100 % 10, i % 100)
end

local NAMES = 10 -- of an owner

--- The daemon's run that keeps names.
local function owner(i)
  return ("%032x"):format(i)
end

local works = {}

--- COUNT owners publish their names.
function works.publish()
  local batch = pyro.batch(ns)
  for i = 0, count - 1 do
    for j = 1, NAMES do
      batch:publish(("o%d.n%d"):format(i, j), uri, owner(i), 600)
    end
    if i % 10 == 9 or i == count - 1 then
      for _ in batch() do end
    end
  end
end

--- Owners renew their leases.
function works.renew(times)
  for i = 1, times do
    assert(ns.proxy:renew(owner(i * 7919 % count)) == NAMES)
  end
end

--- Registers the names.
function works.fill()
  local batch = pyro.batch(ns)
  for i = 0, count - 1 do
    batch:register(name(i), uri)
    if i % 100 == 99 or i == count - 1 then
      for _ in batch() do end
    end
  end
end

function works.lookup(times)
  for i = 1, times do
    ns:lookup(name(i * 7919 % count))
  end
end

function works.register(times)
  for _ = 1, times do
    ns:register("one", uri)
    ns:remove "one"
  end
end

local replaced = {} -- names; made here, so that no call waits for it
for i = 0, 999 do
  replaced[i] = "n" .. i
end

--- COUNT clients register names that are there already.
function works.replace(times)
  local left, ended = count, pyro.event()
  for client = 1, count do
    local own = clients[client] or pyro.locateNS(host, math.tointeger(port))
    clients[client] = own
    pyro.spawn(function()
      for i = 1, times // count do
        own:register(replaced[(i * 7919 + client) % 1000], uri)
      end
      left = left - 1
      if left == 0 then
        ended:set()
      end
    end)
  end
  ended:wait()
end

local function list(times, prefix, wanted)
  for _ = 1, times do
    local found = 0
    for _ in pairs(ns:list { prefix = prefix }) do
      found = found + 1
    end
    assert(found == wanted, found)
  end
end

function works.list100(times)
  list(times, "t0.g3.", 100)
end

function works.list1000(times)
  list(times, "t0.", 1000)
end

if work == "fill" or work == "publish" then
  works[work]()
end
print "ready"
io.stdout:flush()
for line in io.lines() do
  works[work](math.tointeger(line))
  print "done"
  io.stdout:flush()
end
