--- Costs of changes of names that are stored in an engine, beside the engine alone.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

--- Compares with the first of the floors; others are shown beside it.
local function beside(engine, clients, note, contender, floor, ...)
  contest.play {
    title = ("Names that are registered in %s, %s"):format(engine,
      clients == 1 and "one by one" or clients .. " at once"),
    note = note,
    cpus = "one",
    unit = clients,
    contenders = { contender, floor, ... },
    targets = { { of = contender.name, against = floor.name, least = clients == 1 and 0.5 or 0.6 } },
  }
end

--- A name server for which owners have published names.
local function published(owners, name, storage)
  return contenders.program(name, { "names.lua", tostring(owners), "renew" }, function(cpu)
    local server, location = contenders.name_server(cpu, storage(cpu))
    contenders.helper(cpu, "names.lua", location, tostring(owners), "publish")
    return server, location
  end)
end

local LEASE = 10 -- seconds; each owner renews three times in it
local MOST = 30 -- percent of a CPU

--- The share of a CPU that a name server takes for all owners.
local function share(owners, result)
  local percent = 100 * 3 * owners / LEASE * result.server / 1e6
  return { what = ("share of a CPU for %d owners with leases of %d s, %s"):format(owners, LEASE, result.name),
    shown = ("%.1f %%"):format(percent), demand = ("≤ %d %%"):format(MOST), met = percent <= MOST }
end

local function renewals()
  local owners = contest.quick and 1000 or 10000
  contest.play {
    title = ("Renewals of leases, one by one (%d owners of 10 names)"):format(owners),
    note = "A message renews all names of an owner.",
    cpus = "one",
    contenders = {
      published(owners, "memory", function() end),
      published(owners, "Redis", contenders.empty_redis),
    },
    extra = function(results)
      return { share(owners, results.memory), share(owners, results.Redis) }
    end,
  }
end

return function()
  renewals()
  local sizes = contenders.name_sizes()
  for _, clients in ipairs { 1, 64 } do
    beside("Redis", clients,
      "Redis runs the script that pyrolua's name server has it run, and keeps nothing on a disk.",
      contenders.names_in_redis(clients), contenders.redis_names(clients))
    beside("a file", clients,
      "The floor's clients and server exchange the bytes of a registration, and each transaction has a name of each "
        .. "client. SQLite without clients has as many names in each, which come from nowhere.",
      contenders.names_in_sqlite(clients), contenders.sqlite_floor(sizes, clients), contenders.sqlite_names(clients))
  end
end
