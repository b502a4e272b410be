-- Serves without a name server: the name is then the object's id.
local pyro = require "pyro"

local quotes = {
  "Simplicity is prerequisite for reliability.",
  "Premature optimization is the root of all evil.",
}
local oracle = {}

function oracle:quote(number)
  return quotes[number] or error(pyro.IndexError "there is no such quote")
end

pyro.Daemon.serveSimple({ [oracle] = "example.oracle" }, { ns = false })
