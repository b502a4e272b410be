--- Serializers alone: a document of 1,000 records, encoded and decoded.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"
local process = require "spec.support.process"

local codec = contenders.codec

return function()
  local path = process.file("document.json", "")
  contest.play {
    title = "A document of 1,000 records, encoded and decoded",
    cpus = "one",
    contenders = { codec("pyrolua msgpack", "Lua", "msgpack", path), codec("Python msgpack", "Python", "msgpack", path),
      codec("pyrolua serpent", "Lua", "serpent"), codec("Python serpent", "Python", "serpent", path),
      codec("pyrolua json", "Lua", "json"), codec("lua-cjson", "Lua", "cjson"), codec("dkjson", "Lua", "dkjson") },
    targets = {
      { of = "pyrolua msgpack", against = "Python msgpack", least = 1 },
      { of = "pyrolua serpent", against = "Python serpent", least = 20 },
      { of = "pyrolua json", against = "lua-cjson", least = 0.5 },
      { of = "pyrolua json", against = "dkjson", least = 5 },
    },
  }
  for _, row in ipairs { { "encode", "written as a pickle", 0.4 }, { "decode", "read from a pickle", 0.5 } } do
    contest.play {
      title = "A document of 1,000 records, " .. row[2],
      cpus = "one",
      contenders = { codec("pyrolua pickle", "Lua", "pickle", path, row[1]),
        codec("Python pickle", "Python", "pickle", path, row[1]) },
      targets = { { of = "pyrolua pickle", against = "Python pickle", least = row[3] } },
    }
  end
end
