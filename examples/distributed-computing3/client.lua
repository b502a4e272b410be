-- client.lua [COUNT]: has numbers factorized, 100 by default, each by any worker that there is.
local pyro = require "pyro"

for _ = 1, tonumber((...) or 100) do
  -- One after the other, but many clients may submit work at the same time.
  local worker <close> = pyro.Proxy "PYROMETA:example3.worker.factorizer"
  local n = math.random(3211, 12000) * math.random(4567, 21000)
  local result = worker:factorize(n)
  worker:_pyroBind() -- its URI is that of the worker that was found
  print(("%s factorized %d: %s"):format(worker._pyroUri.object, n, pyro.repr(result)))
end
