--- The configuration dump: `pyrolua -m pyro.configuration`, in the form of Pyro4.configuration.
local cli = require "pyro.cli"
local pyro = require "pyro"

local configuration = {}

--- The program.
---@param ... string command line arguments
---@return integer exit status
function configuration.main(...)
  cli.parser("pyrolua -m pyro.configuration", "Prints all settings, as Pyro4.configuration does.")
    :parse { ... }
  print(pyro.config.dump())
  return 0
end

return configuration
