--- Hosts, which end with the test: namespaces. Two in one network are joined by a cable.
local process = require "spec.support.process"
local uv = require "luv"

local hosts = {}

local Host = {}
Host.__index = Host

local function must(command)
  local run = process.run(command)
  if run.code ~= 0 then
    error(("%s: exit code %d: %s"):format(table.concat(command, " "), run.code, run.output), 0)
  end
end

--- The command, to be run on this host.
---@param command spec.Command
function Host:command(command)
  local words = { "nsenter", "-t", tostring(self.holder.pid), "-n", "-m", "--wd=" .. uv.cwd(),
    env = command.env, input = command.input }
  return table.move(command, 1, #command, #words + 1, words)
end

function Host:start(command)
  return process.start(self:command(command))
end

function Host:run(command)
  return process.run(self:command(command))
end

local function configure(host, device)
  must(host:command { "ip", "link", "set", "lo", "up" })
  must(host:command { "ip", "address", "add", host.address .. "/24", "broadcast", "+", "dev", device })
  must(host:command { "ip", "link", "set", device, "up" })
  must(host:command { "ip", "route", "add", "default", "dev", device })
end

--- Makes two hosts. Root only.
---@return spec.Host, spec.Host
function hosts.two()
  local pair = {}
  for i = 1, 2 do
    local holder = process.start { "unshare", "-n", "sh", "-c", "echo up; exec sleep 600" }
    holder:expect "up\n"
    pair[i] = setmetatable({ holder = holder, address = "10.77.0." .. i }, Host)
  end
  local one, two = table.unpack(pair)
  must { "ip", "link", "add", "cable1", "netns", tostring(one.holder.pid), "type", "veth",
    "peer", "name", "cable2", "netns", tostring(two.holder.pid) }
  configure(one, "cable1")
  configure(two, "cable2")
  return one, two
end

--- Makes a host without a network, whose /etc/hosts is this text. Root only.
---@param names string
---@return spec.Host
function hosts.alone(names)
  local file = process.file("hosts", names)
  local holder = process.start { "unshare", "-n", "-m", "sh", "-c",
    ("mount --bind %s /etc/hosts && ip link set lo up && echo up && exec sleep 600"):format(file) }
  holder:expect "up\n"
  return setmetatable({ holder = holder }, Host)
end

return hosts
