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

--- Makes a host that has no network yet.
local function new_host(address)
  local holder = process.start { "unshare", "-n", "sh", "-c", "echo up; exec sleep 3600" }
  holder:expect "up\n"
  return setmetatable({ holder = holder, address = address }, Host)
end

--- Lays a cable between two hosts; each end is a device of its host.
local function connect(one, device1, two, device2)
  must { "ip", "link", "add", device1, "netns", tostring(one.holder.pid), "type", "veth",
    "peer", "name", device2, "netns", tostring(two.holder.pid) }
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
  local one, two = new_host "10.77.0.1", new_host "10.77.0.2"
  connect(one, "cable1", two, "cable2")
  configure(one, "cable1")
  configure(two, "cable2")
  return one, two
end

---@class spec.Network hosts at one switch
---@field [integer] spec.Host
local Network = {}
Network.__index = Network

--- Makes hosts that are joined by a switch. Root only.
---@param count integer
---@return spec.Network
function hosts.network(count)
  local self = setmetatable({ switch = new_host() }, Network)
  must(self.switch:command { "ip", "link", "add", "switch", "type", "bridge" })
  must(self.switch:command { "ip", "link", "set", "switch", "up" })
  for i = 1, count do
    local host, port = new_host("10.77.0." .. i), "port" .. i
    host.port, self[i] = port, host
    connect(host, "cable", self.switch, port)
    configure(host, "cable")
    must(self.switch:command { "ip", "link", "set", port, "up", "master", "switch" })
  end
  must(self.switch:command { "nft", "add table bridge cut; add chain bridge cut between "
    .. "{ type filter hook forward priority 0; }" })
  return self
end

--- Cuts the link between two hosts, or all links of one: nothing passes, and nobody is told.
---@param one spec.Host
---@param other? spec.Host
function Network:cut(one, other)
  local from, to = "iifname " .. one.port, "oifname " .. one.port
  local there, back = from, to
  if other then
    there, back = from .. " oifname " .. other.port, to .. " iifname " .. other.port
  end
  must(self.switch:command { "nft", ("add rule bridge cut between %s drop; add rule bridge cut between %s drop")
    :format(there, back) })
end

--- Mends all links.
function Network:mend()
  must(self.switch:command { "nft", "flush chain bridge cut between" })
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
