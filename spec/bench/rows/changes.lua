--- What changes of names cost that are stored in an engine, beside the engine alone.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

local function beside(engine, clients, note, contender, floor)
  contest.play {
    title = ("Names that are registered in %s, %s"):format(engine,
      clients == 1 and "one by one" or clients .. " at once"),
    note = note,
    cpus = "one",
    unit = clients,
    contenders = { contender, floor },
    targets = { { of = contender.name, against = floor.name, least = clients == 1 and 0.5 or 0.6 } },
  }
end

return function()
  for _, clients in ipairs { 1, 64 } do
    beside("Redis", clients,
      "Redis runs the script that pyrolua's name server has it run, and keeps nothing on a disk.",
      contenders.names_in_redis(clients), contenders.redis_names(clients))
    beside("a file", clients,
      "SQLite alone has no clients; as many names as others have clients are in each transaction.",
      contenders.names_in_sqlite(clients), contenders.sqlite_names(clients))
  end
end
