--- A registry on several hosts, of real programs: Redis and a Sentinel on each of three, name servers on
--- two of them, with somebody who changes names there, publishers on all, and callers on a fourth. Parts
--- are killed and links cut, and it is told what each of them saw.
local hosts = require "spec.support.hosts"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

local cluster = {}

local PUBLISHED = { "service.one", "service.two", "service.three" }
local PORT, SENTINEL_PORT = "6379", "26379"
local PASSWORD = "sesame"

---@class spec.Cluster
---@field network spec.Network
local Cluster = {}
Cluster.__index = Cluster

local function now()
  return uv.hrtime() / 1e9
end

--- The file of a program of this folder.
local function program(name)
  return "spec/support/cluster/" .. name
end

function Cluster:folder()
  local folder = assert(io.popen "mktemp -d /tmp/pyrolua_cluster_XXXXXX"):read "l"
  self.folders[#self.folders + 1] = folder
  return folder
end

--- Starts a part on a host, once more under the same name after it was killed.
function Cluster:start_part(name, host, command, ready)
  self.commands[name] = { host = host, command = command, ready = ready }
  self.parts[name] = host:start(command)
  if ready then
    self.parts[name]:expect(ready)
  end
end

function Cluster:kill(name)
  self.parts[name]:kill "sigkill"
  self.parts[name]:wait()
end

function Cluster:restart(name)
  local part = self.commands[name]
  self:start_part(name, part.host, part.command)
end

function Cluster:redis(i, primary)
  local host = self.network[i]
  local replica = primary and { "--replicaof", primary .. " " .. PORT } or {}
  self:start_part("redis" .. i, host, { "redis-server", "--port", PORT, "--bind", host.address, "127.0.0.1",
    "--requirepass", PASSWORD, "--masterauth", PASSWORD, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
    "--dir", self:folder(), "--repl-diskless-sync-delay", "0", table.unpack(replica) }, "Ready to accept connections")
end

function Cluster:sentinel(i, primary)
  local path = self:folder() .. "/sentinel.conf"
  local file = assert(io.open(path, "w"))
  file:write(([[
port %s
protected-mode no
sentinel monitor names %s %s 2
sentinel auth-pass names %s
sentinel down-after-milliseconds names 1000
sentinel failover-timeout names 5000
]]):format(SENTINEL_PORT, primary, PORT, PASSWORD))
  file:close()
  self:start_part("sentinel" .. i, self.network[i], { "redis-sentinel", path }, "%+monitor master")
end

--- The storage, as the name servers are told.
function Cluster:url()
  local places = {}
  for i = 1, 3 do
    places[i] = self.network[i].address .. ":" .. SENTINEL_PORT
  end
  return ("redis+sentinel://:%s@%s/names?wait=%d"):format(PASSWORD, table.concat(places, ","), self.wait)
end

function Cluster:name_servers()
  return self.network[1].address .. ":9090," .. self.network[2].address .. ":9090"
end

function Cluster:name_server(i)
  local host = self.network[i]
  self:start_part("name server " .. i, host,
    peers.command("Lua", { "-m", "pyro.naming", "-n", host.address, "-x", "-s", self:url() }), "URI = ")
end

function Cluster:publisher(i)
  local host = self.network[i]
  self:start_part("publisher " .. i, host, peers.command("Lua", { program "publisher.lua", PUBLISHED[i],
    host.address, tostring(self.lease), env = { PYROLUA_NS_HOSTS = self:name_servers() } }), "published")
end

--- Starts who changes names by either name server, and who calls.
function Cluster:start_clients()
  local host, addresses = self.network[4], self.network[1].address .. "," .. self.network[2].address
  self.round = self.round + 1
  for i = 1, 2 do
    local there = self.network[i]
    self:start_part("changer " .. i, there, peers.command("Lua", { program "changer.lua", there.address,
      ("change%d.%d"):format(self.round, i) }), "stored")
  end
  self:start_part("Lua", host, peers.command("Lua", { env = { PYROLUA_NS_HOSTS = self:name_servers() },
    program "caller.lua", table.unpack(PUBLISHED) }), "called")
  self:start_part("Python", host,
    peers.command("Pyro4", { program "caller.py", addresses, table.unpack(PUBLISHED) }), "called")
end

--- Returns what a client told, in lines.
function Cluster:told(name)
  local lines = {}
  for what, about, time, why in self.parts[name].out:gmatch "(%l+) (%S+) ([%d.]+) ([^\n]*)\n" do
    lines[#lines + 1] = { what = what, about = about, time = tonumber(time), why = why }
  end
  return lines
end

--- The time of the first line of a kind that a client told after some moment; nil without one.
function Cluster:first_after(moment, name, what, about)
  for _, line in ipairs(self:told(name)) do
    if line.time > moment and line.what == what and (not about or line.about == about) then
      return line.time
    end
  end
end

--- How often something failed since a moment, and the longest time without a success, in seconds.
function Cluster:failures(moment, name, success, failure)
  local count, longest, last = 0, 0, moment
  for _, line in ipairs(self:told(name)) do
    if line.time > moment then
      if line.what == failure then
        count = count + 1
      elseif line.what == success then
        longest, last = math.max(longest, line.time - last), line.time
      end
    end
  end
  return { count = count, longest = math.max(longest, now() - last) }
end

--- The names that a name server has.
function Cluster:names(i)
  local list = self.network[4]:run(peers.command("Lua", {
    "-m", "pyro.nsc", "-n", self.network[i].address, "list" }))
  local names = {}
  for name in list.out:gmatch "\n(%S+) %-%-> " do
    names[name] = true
  end
  return names
end

--- Returns whether all works again since a moment: changes by both name servers, calls of each object in either
--- language, and the published names are in both name servers.
function Cluster:is_whole_since(moment)
  for i = 1, 2 do
    if not self:first_after(moment, "changer " .. i, "stored") then
      return false
    end
  end
  for _, name in ipairs(PUBLISHED) do
    for _, language in ipairs { "Lua", "Python" } do
      if not self:first_after(moment, language, "called", name) then
        return false
      end
    end
  end
  local one, two = self:names(1), self:names(2)
  for _, name in ipairs(PUBLISHED) do
    if not one[name] or not two[name] then
      return false
    end
  end
  return true
end

--- The names of this round whose registration was acknowledged, and that nobody asked to remove.
function Cluster:acknowledged()
  local names = {}
  for i = 1, 2 do
    for _, line in ipairs(self:told("changer " .. i)) do
      names[line.about] = line.what == "stored" or nil
    end
  end
  return names
end

--- Which names are not as they were acknowledged, when both name servers have become equal.
function Cluster:lost()
  local lost
  local function agree()
    local one, two = self:names(1), self:names(2)
    lost = {}
    for name in pairs(self:acknowledged()) do
      if not one[name] then
        lost[#lost + 1] = name
      end
      if one[name] ~= two[name] then
        return false
      end
    end
    return true
  end
  assert(process.eventually(agree, 10), "the name servers do not agree")
  return lost
end

--- Lets something happen, and undoes it after some seconds. Returns what was seen.
---@param event { name: string, happen: fun(self), undo: fun(self), seconds: number }
function Cluster:live_through(event)
  self:start_clients()
  local from = now()
  event.happen(self)
  process.sleep(event.seconds)
  event.undo(self)
  local mended = now()
  local whole = process.eventually(function() return self:is_whole_since(mended) end, 60)
  local seen = {
    event = event.name,
    whole = whole and now() - mended,
    Lua = self:failures(from, "Lua", "called", "failed"),
    Python = self:failures(from, "Python", "called", "failed"),
    changes = { self:failures(from, "changer 1", "stored", "refused"),
      self:failures(from, "changer 2", "stored", "refused") },
  }
  for _, name in ipairs { "changer 1", "changer 2", "Lua", "Python" } do
    self:kill(name)
  end
  seen.lost = #self:lost()
  return seen
end

--- Which of the servers of Redis is the primary.
function Cluster:primary()
  local address
  assert(process.eventually(function()
    local asked = self.network[4]:run { "redis-cli", "-h", self.network[3].address, "-p", SENTINEL_PORT, "SENTINEL",
      "get-master-addr-by-name", "names" }
    address = asked.out:match "^(10%S+)"
    return address
  end))
  for i = 1, 3 do
    if self.network[i].address == address then
      return i
    end
  end
end

--- Makes the primary one that is beside a name server.
function Cluster:settle()
  assert(process.eventually(function()
    if self:primary() < 3 then
      return true
    end
    self.network[4]:run { "redis-cli", "-h", self.network[3].address, "-p", SENTINEL_PORT,
      "SENTINEL", "FAILOVER", "names" }
    process.sleep(1)
  end, 60), "the primary stays where it is")
  self:expect_replicas(2)
end

--- Waits until each Sentinel knows all others, and the replicas: before, none is promoted.
function Cluster:expect_sentinels()
  for i = 1, 3 do
    local host = self.network[i]
    assert(process.eventually(function()
      local told = host:run { "redis-cli", "-h", host.address, "-p", SENTINEL_PORT, "SENTINEL", "MASTER", "names" }.out
      return told:find "num%-slaves\n2\n" and told:find "num%-other%-sentinels\n2\n"
    end, 30), "the Sentinels do not find each other")
  end
end

--- Waits until the primary has as many replicas.
function Cluster:expect_replicas(count)
  assert(process.eventually(function()
    local primary = self.network[self:primary()]
    local info = primary:run { "redis-cli", "-h", primary.address, "-p", PORT, "INFO", "replication",
      env = { REDISCLI_AUTH = PASSWORD } }
    return select(2, info.out:gsub("state=online", "")) >= count
  end, 30), "the replicas do not come up")
end

--- Ends all, and removes its files.
function Cluster:stop()
  process.stop_all()
  for _, folder in ipairs(self.folders) do
    os.execute("rm -rf " .. folder)
  end
end

--- Starts it all. Root only.
---@param wait integer of how many replicas the name servers want a confirmation
---@param lease number of the published names, in seconds
---@return spec.Cluster
function cluster.start(wait, lease)
  local self = setmetatable({ network = hosts.network(4), wait = wait, lease = lease, parts = {}, commands = {},
    folders = {}, round = 0 }, Cluster)
  local primary = self.network[1].address
  for i = 1, 3 do
    self:redis(i, i > 1 and primary)
  end
  for i = 1, 3 do
    self:sentinel(i, primary)
  end
  self:expect_replicas(2)
  self:expect_sentinels()
  for i = 1, 2 do
    self:name_server(i)
  end
  for i = 1, 3 do
    self:publisher(i)
  end
  return self
end

--- Kills a part, and starts it again after some seconds.
---@param part string
---@param seconds number
function cluster.killed(part, seconds)
  return { name = part .. " is killed", seconds = seconds,
    happen = function(self) self:kill(part) end,
    undo = function(self) self:restart(part) end }
end

--- Kills the primary of Redis, whichever it is.
function cluster.primary_killed(seconds)
  local part
  return { name = "the primary of Redis is killed", seconds = seconds,
    happen = function(self)
      part = "redis" .. self:primary()
      self:kill(part)
    end,
    undo = function(self) self:restart(part) end }
end

--- Cuts the link between two hosts, or all links of one.
---@param one integer
---@param other integer|nil
---@param seconds number
function cluster.cut(one, other, seconds)
  local name = other and ("the link between hosts %d and %d is cut"):format(one, other)
  return { name = name or ("host %d is cut off"):format(one), seconds = seconds,
    happen = function(self) self.network:cut(self.network[one], self.network[other]) end,
    undo = function(self) self.network:mend() end }
end

--- Cuts off the host of the primary, with the name server that is there.
function cluster.primary_cut(seconds)
  return { name = "the host of the primary is cut off", seconds = seconds,
    happen = function(self) self.network:cut(self.network[self:primary()]) end,
    undo = function(self) self.network:mend() end }
end

return cluster
