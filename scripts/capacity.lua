--- Calculates what a registry in Redis takes, from measured costs.
--- usage: capacity.lua HOSTS NAMES [DAEMONS [LEASE]]
--- DAEMONS on each host (10) publish the names, with leases of LEASE seconds (10).
local hosts, names = tonumber(arg[1]), tonumber(arg[2])
local daemons, lease = tonumber(arg[3] or 10), tonumber(arg[4] or 10)
if not (hosts and names and daemons and lease and lease >= 1) then
  io.stderr:write "usage: capacity.lua HOSTS NAMES [DAEMONS [LEASE]]\n"
  os.exit(2)
end

--- Measured: microseconds of a CPU, and bytes. The front end's are rows of `make bench`; Redis'
--- were read from its process meanwhile. Memory is Redis' used_memory, and the resident set of
--- front ends, with 100,000 names. The network's is that of the loopback interface, with headers.
local RENEWAL = { front_end = 18, redis = 27, bytes = 470 }
local PUBLISHING = { front_end = 14, other_front_end = 4, redis = 36 }
local NAME = { front_end = 300, redis = 470, load = 8 }
local CONNECTION = { plain = 1.7 * 1024, tls = 17 * 1024 }
local FULL = 0.5 -- of a CPU: a front end should not do more all the time

local owners = hosts * daemons
local renewals = 3 * owners / lease
local busy = renewals * RENEWAL.front_end / 1e6
local front_ends = math.max(2, math.ceil(busy / FULL))

local function thousands(number)
  local text = ("%d"):format(math.floor(number + 0.5))
  return (text:reverse():gsub("%d%d%d", "%0,"):reverse():gsub("^,", ""))
end

local function mib(bytes)
  return thousands(bytes / 1024 / 1024) .. " MiB"
end

local function percent(share)
  return ("%.1f %%"):format(100 * share)
end

local function row(what, figure)
  print(("%-52s %14s"):format(what, figure))
end

print(("%s hosts, %s daemons, %s names, leases of %g s"):format(thousands(hosts),
  thousands(owners), thousands(names), lease))
row("renewals a second", thousands(renewals))
row("network, bytes a second", thousands(renewals * RENEWAL.bytes))
row("CPU of all front ends, for renewals", percent(busy))
row("CPU of Redis' primary, for renewals", percent(renewals * RENEWAL.redis / 1e6))
row("front ends", thousands(front_ends))
row("memory of each front end, names", mib(names * NAME.front_end))
row("memory of all front ends, connections", mib(owners * CONNECTION.plain))
row("memory of all front ends, connections with TLS", mib(owners * CONNECTION.tls))
row("memory of each Redis", mib(names * NAME.redis))
row("seconds until a new front end has all names", thousands(names * NAME.load / 1e6))
row("seconds to publish all names at once", thousands(names * PUBLISHING.redis / 1e6))
row("CPU of each other front end meanwhile", percent(PUBLISHING.other_front_end / PUBLISHING.redis))
