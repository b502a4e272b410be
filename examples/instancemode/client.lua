local pyro = require "pyro"

for _, mode in ipairs { "single", "session", "percall" } do
  local first <close> = pyro.Proxy("PYRONAME:example.instancemode." .. mode)
  local second <close> = pyro.Proxy("PYRONAME:example.instancemode." .. mode)
  print(mode, "first:", first:count(), first:count(), "second:", second:count())
end
