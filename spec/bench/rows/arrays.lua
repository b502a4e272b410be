--- A camera's image, as an array, and its bytes alone.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

local IMAGE = 2048 * 2048 * 2

local function contender(work, serializer)
  return contenders.pyro(work .. " " .. serializer, "pyrolua", "pyrolua", serializer, work, IMAGE)
end

return function()
  contest.play {
    title = "An image of 2,048 by 2,048 numbers of 16 bits, there and back, and its bytes",
    cpus = "two",
    contenders = { contender("array", "msgpack"), contender("bytes", "msgpack"), contender("array", "pickle"),
      contender("bytes", "pickle") },
    targets = {
      { of = "array msgpack", against = "bytes msgpack", within = 1.5 },
      { of = "array pickle", against = "bytes pickle", within = 1.5 },
    },
  }
end
