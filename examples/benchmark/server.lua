-- server.lua [HOST]: serves what the benchmarks call, by default to programs of this machine only.
local pyro = require "pyro"
local bench = require "bench"

pyro.Daemon.serveSimple({ [bench] = "example.benchmark" }, { host = (...), ns = false })
