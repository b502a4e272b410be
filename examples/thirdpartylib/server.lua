-- Serves a library that knows nothing of Pyro: Lua's own `math`.
local pyro = require "pyro"

local mathematics = {}
for name, f in pairs(math) do
  if type(f) == "function" then
    mathematics[name] = function(_, ...) -- the library's functions have no self
      return f(...)
    end
  end
end
pyro.expose(mathematics, { "sqrt", "max", "fmod" }) -- what others may call of it

pyro.Daemon.serveSimple { [mathematics] = "example.mathematics" }
