-- Two banks, one of which gives credit.
local pyro = require "pyro"
local Bank = require "bank"

pyro.Daemon.serveSimple {
  [Bank.new("First Bank", 0)] = "example.banks.first",
  [Bank.new("Generous Bank", 100)] = "example.banks.generous",
}
