--- Servers of Redis and its Sentinels, the real ones, which end with the test.
local process = require "spec.support.process"

local redis = {}

local Server = {}
Server.__index = Server

local folders = {}

local function new_folder()
  local folder = assert(io.popen "mktemp -d /tmp/pyrolua_redis_XXXXXX"):read "l"
  folders[#folders + 1] = folder
  return folder
end

--- Runs a command of Redis; returns what redis-cli prints.
---@param ... string words
function Server:ask(...)
  local words = { "redis-cli", "-p", tostring(self.port), ... }
  local run = process.run(self.host and self.host:command(words) or words)
  return (run.out:gsub("\n$", ""))
end

--- Starts it, again after it was stopped.
function Server:start()
  self.process = process.start(self.command)
  self.process:expect(self.ready)
  return self
end

--- Ends it.
---@param signal? string "sigterm"
function Server:stop(signal)
  self.process:kill(signal or "sigterm")
  self.process:wait()
end

--- The storage in it, as a name server is told.
---@param rest? string what comes behind the place
function Server:url(rest)
  return ("redis://127.0.0.1:%d%s"):format(self.port, rest or "")
end

--- Starts a server of Redis that keeps nothing, on a port of its own.
---@param ... string its options, as a command line has them
function redis.start(...)
  local port, folder = process.free_port(), new_folder()
  local command = { "redis-server", "--port", tostring(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder,
    "--repl-diskless-sync-delay", "0", ... }
  local self = { port = port, folder = folder, command = command, ready = "Ready to accept connections" }
  return setmetatable(self, Server):start()
end

--- Starts a server that stores each change on the disk before it answers.
function redis.start_durable()
  return redis.start("--appendonly", "yes", "--appendfsync", "always")
end

--- Starts a replica, and waits until it is one.
---@param primary table
function redis.start_replica(primary, ...)
  local replica = redis.start("--replicaof", "127.0.0.1 " .. primary.port, ...)
  local function online()
    return primary:ask("INFO", "replication"):find("port=" .. replica.port .. ",state=online", 1, true)
  end
  assert(process.eventually(online), "the replica does not come up")
  return replica
end

--- Starts a Sentinel that watches a primary as "mymaster", and promotes a replica one second after it is gone.
---@param primary table
function redis.start_sentinel(primary)
  local port, folder = process.free_port(), new_folder()
  local path = folder .. "/sentinel.conf"
  local file = assert(io.open(path, "w"))
  file:write(([[
port %d
bind 127.0.0.1
dir %s
sentinel monitor mymaster 127.0.0.1 %d 1
sentinel down-after-milliseconds mymaster 1000
sentinel failover-timeout mymaster 5000
]]):format(port, folder, primary.port))
  file:close()
  local self = { port = port, folder = folder, command = { "redis-sentinel", path }, ready = "%+monitor master" }
  setmetatable(self, Server):start()
  local function knows_replicas()
    return self:ask("SENTINEL", "replicas", "mymaster"):find "slave"
  end
  assert(process.eventually(knows_replicas), "the Sentinel finds no replica")
  return self
end

--- Removes their files. For teardown(), after process.stop_all().
function redis.remove()
  for _, folder in ipairs(folders) do
    os.execute("rm -rf " .. folder)
  end
  folders = {}
end

return redis
