--- Prints the settings: `pyrolua -m pyro.configuration`, in the form of Pyro4.configuration.
local cli = require "pyro.tool.cli"
local pyro = require "pyro"

local configuration = {}

local function command_line(parser)
  return parser:description "Prints all settings, as Pyro4.configuration does."
end

--- Runs the program.
---@param ... string command line arguments
---@return integer exit status
function configuration.main(...)
  cli.parser("pyrolua -m pyro.configuration", command_line):parse { ... }
  print(pyro.config.dump())
  return 0
end

return configuration
