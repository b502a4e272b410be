-- viewer.lua
local Viewer = { __name = "Viewer" }
Viewer.__index = Viewer

setmetatable(Viewer, {
  __call = function(class)
    return setmetatable({}, class)
  end,
})

function Viewer:quote(market, symbol, value)
  print(("%s.%s: %s"):format(market, symbol, value))
end

return Viewer
