--- What changes of names cost that are stored in an engine, beside the engine alone.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

return function()
  for _, clients in ipairs { 1, 64 } do
    local floor = contenders.redis_names(clients)
    contest.play {
      title = ("Names that are registered in Redis, %s"):format(clients == 1 and "one by one" or clients .. " at once"),
      note = "Redis runs the script that pyrolua's name server has it run, and keeps nothing on a disk.",
      cpus = "one",
      unit = clients,
      contenders = { contenders.names_in_redis(clients), floor },
      targets = { { of = "pyrolua-ns", against = floor.name, least = clients == 1 and 0.5 or 0.6 } },
    }
  end
end
