--- pyro.config: Pyro's config items as fields. Reading or setting one that does not exist is an
--- error, and so is a value that does not fit. `PYRO_…` environment variables set them at start.
local core = require "pyro.core"

local config = {}
local metatable = {}

function metatable:__index(name)
  return core.config_get(name)
end

function metatable:__newindex(name, value)
  core.config_set(name, value)
end

--- Iterates over all items by name.
function metatable:__pairs()
  local names = core.config_names()
  local i = 0
  return function()
    i = i + 1
    if names[i] then
      return names[i], core.config_get(names[i])
    end
  end
end

return setmetatable(config, metatable)
