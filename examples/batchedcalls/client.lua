local pyro = require "pyro"

local calculator = pyro.Proxy "PYRONAME:example.batchedcalls"

-- Calls on a batch are only noted down. Calling the batch sends them all in one message.
local batch = pyro.batch(calculator)
for i = 1, 3 do
  batch:add(i, 1000)
end
batch:divide(10, 4)
for result in batch() do
  print(result)
end

-- An error is raised where its result would be; what comes after it is not called.
batch:divide(1, 2)
batch:divide(1, 0)
batch:say "this is not said"
local results = batch()
print(results())
print(pcall(results))

-- Nobody waits for a oneway batch.
batch:say "this is said"
batch:say "and so is this"
batch { oneway = true }
