--- Each program of our examples can take the place of Pyro's program of that name, and the other way round.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local swaps = require "spec.support.swaps"

describe("swapped", function()
  teardown(process.stop_all)

  local all = {}
  for _, generation in ipairs(peers.generations()) do
    for _, folder in ipairs(swaps.folders()) do
      for _, swap in ipairs(swaps.of(folder, generation)) do
        all[#all + 1] = swap
        it(swap.title, function()
          swaps.check(all, swap)
        end)
      end
    end
  end
end)
