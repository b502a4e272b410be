--- Large values, there and back.
local clock = require "spec.bench.clock"
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

local pyrolua, pyro4 = contenders.pyrolua, contenders.pyro4

local INTEGERS = 100000
local BYTES = 64 * 1024 * 1024

--- How many times the payload each side was large at most.
local function peaks(results)
  local checks = {}
  for _, side in ipairs { "server", "client" } do
    local most = clock.memory(results["pyrolua msgpack"].runner[side].pid, "VmHWM") * 1024 / BYTES
    table.insert(checks, { what = ("peak memory of pyrolua's %s / payload"):format(side), value = most,
      demand = "≤ 3×", shown = ("%.2f×"):format(most), met = most <= 3 })
  end
  return checks
end

return function()
  contest.play {
    title = "A list of 100,000 integers, there and back",
    cpus = "two",
    contenders = { pyrolua("msgpack", "list", INTEGERS), pyro4("msgpack", "list", INTEGERS),
      pyrolua("serpent", "list", INTEGERS), pyro4("serpent", "list", INTEGERS) },
    targets = {
      { of = "pyrolua msgpack", against = "Pyro4 msgpack", least = 25 },
      { of = "pyrolua serpent", against = "Pyro4 serpent", least = 10 },
    },
  }
  contest.play {
    title = "64 MiB of bytes, there and back",
    cpus = "two",
    contenders = { pyrolua("msgpack", "bytes", BYTES), contenders.floor(contenders.sizes("bytes", BYTES)),
      pyro4("msgpack", "bytes", BYTES) },
    targets = { { of = "pyrolua msgpack", against = "libuv floor", least = 0.6 } },
    extra = peaks,
  }
end
