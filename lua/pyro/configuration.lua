--- The configuration dump: `pyrolua -m pyro.configuration`, in the form of Pyro4.configuration.
local pyro = require "pyro"

local configuration = {}

--- The program.
---@return integer exit status
function configuration.main()
  print(pyro.config.dump())
  return 0
end

return configuration
