--- Each program of our examples can take the place of Pyro's program of that name, and the other way round.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local swaps = require "spec.support.swaps"

-- Examples of Pyro that are not swapped, and why.
local LEFT_OUT = {
  ["diffie-hellman"] = "is about Python's arithmetic, and computes a key for HMAC or encryption",
  ["extended-pickle"] = "sends Python's code",
  flame = "runs Python's code on the server",
  futures = "is one program, without a remote object",
  gui_eventloop = "has windows of Tk",
  http = "is a client of the gateway, which has specs of its own",
  itunes = "controls a program of Apple's",
  nameserverstress = "is one program, which has a spec of its own",
  robots = "has windows of Tk; it has a spec of its own",
  servertypes = "is about threads of a server",
  socketpair = "is one program",
  ssl = "is about certificates, which ours does not use yet",
  ["stockquotes-old"] = "is the tutorial, which has specs of its own",
  threadproxysharing = "is about threads that own a proxy",
  timezones = "is about time zones of Python's libraries",
}

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

    it("are all examples of " .. generation .. ", or there is a reason why not", function()
      for _, name in ipairs(swaps.missing(generation)) do
        assert.is_string(LEFT_OUT[name], name)
      end
    end)
  end
end)
