--- Costs of calls, and how many there are in a second.
local contenders = require "spec.bench.contenders"
local contest = require "spec.bench.contest"

local pyro, pyrolua, pyro4 = contenders.pyro, contenders.pyrolua, contenders.pyro4

--- @param sizes { request: integer, reply: integer } bytes of a call
return function(sizes)
  contest.play {
    title = "Synchronous calls, one client",
    cpus = "one",
    contenders = { pyrolua("msgpack", "text", 16), contenders.floor(sizes), contenders.redis(),
      pyro4("msgpack", "text", 16), pyro4("serpent", "text", 16), contenders.neovim() },
    targets = {
      { of = "pyrolua msgpack", against = "libuv floor", least = 0.8 },
      { of = "pyrolua msgpack", against = "Redis EVALSHA", least = 1.3 },
      { of = "pyrolua msgpack", against = "Pyro4 msgpack", least = 4 },
      { of = "pyrolua msgpack", against = "Pyro4 serpent", least = 4 },
    },
  }
  contest.play {
    title = "Synchronous calls, one client, a CPU for each side",
    note = "Most users have this. To wake the other CPU costs more than the call itself.",
    cpus = "two",
    contenders = { pyrolua("msgpack", "text", 16), contenders.floor(sizes), contenders.redis(),
      pyro4("msgpack", "text", 16), pyro4("serpent", "text", 16), contenders.neovim() },
  }
  contest.play {
    title = "Synchronous calls of a Pyro4 client in Python",
    cpus = "one",
    contenders = { pyro("pyrolua's server, msgpack", "Pyro4", "pyrolua", "msgpack", "text", 16),
      pyro("Pyro4's server, msgpack", "Pyro4", "Pyro4", "msgpack", "text", 16),
      pyro("pyrolua's server, serpent", "Pyro4", "pyrolua", "serpent", "text", 16),
      pyro("Pyro4's server, serpent", "Pyro4", "Pyro4", "serpent", "text", 16) },
    targets = {
      { of = "pyrolua's server, msgpack", against = "Pyro4's server, msgpack", least = 1.5 },
      { of = "pyrolua's server, serpent", against = "Pyro4's server, serpent", least = 1.5 },
    },
  }
  contest.play {
    title = "50 clients, no pipelining",
    cpus = "two",
    unit = 50,
    contenders = { pyrolua("msgpack", "clients", 50), contenders.floor(sizes, 50), contenders.redis(50),
      pyro4("msgpack", "clients", 50) },
    targets = { { of = "pyrolua msgpack", against = "Redis EVALSHA", least = 1 } },
  }
  contest.play {
    title = "Pipelined futures, 32 deep, one connection",
    cpus = "two",
    unit = 32,
    contenders = { pyrolua("msgpack", "futures", 32), contenders.floor(sizes, 1, 32), contenders.redis(1, 32) },
    targets = { { of = "pyrolua msgpack", against = "Redis EVALSHA", least = 1.5 } },
  }
  contest.play {
    title = "Batches of 10,000 calls",
    cpus = "two",
    unit = 10000,
    contenders = { pyrolua("msgpack", "batch", 10000), pyro4("msgpack", "batch", 10000),
      pyro4("serpent", "batch", 10000) },
    targets = {
      { of = "pyrolua msgpack", against = "Pyro4 msgpack", least = 8 },
      { of = "pyrolua msgpack", against = "Pyro4 serpent", least = 8 },
    },
  }
  contest.play {
    title = "Oneway calls",
    note = "Pyro4 starts a thread for each oneway call, which is most of what it takes.",
    cpus = "two",
    unit = 100,
    contenders = { pyrolua("msgpack", "oneway"), pyro4("msgpack", "oneway"), pyro4("serpent", "oneway") },
    targets = { { of = "pyrolua msgpack", against = "Pyro4 msgpack", least = 8 } },
  }
end
