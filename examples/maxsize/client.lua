local pyro = require "pyro"

local function try(title)
  print(title)
  local texts <close> = pyro.Proxy "PYRONAME:example.maxsize"
  local ok, result = pcall(texts.length, texts, ("x"):rep(5000))
  print("sending", ok and result or tostring(result))
  ok, result = pcall(texts.make, texts, 5000)
  print("receiving", ok and #result or tostring(result))
end

try "With the limit that is set for all:"
pyro.config.MAX_MESSAGE_SIZE = 2500
try "With a limit of 2500 bytes:"
