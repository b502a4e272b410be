local pyro = require "pyro"

local calculator = pyro.Proxy "PYRONAME:example.async"
local async = pyro.async(calculator)

-- The call returns at once, with a future.
local future = async:divide(100, 5)
print("ready", future.ready)
print("ready in time", future:wait(0.05))
print("value", future.value) -- waits for it
print("ready", future.ready)

-- Calls that are under way at the same time.
local futures = {}
for i = 1, 5 do
  futures[i] = async:divide(i, 2)
end
for i, each in ipairs(futures) do
  print("result " .. i, each.value)
end

-- What is to be done with a result, once it is there.
local chain = async:divide(81, 3):andThen(math.sqrt):andThen(function(value, digits)
  return ("about %%.%df"):format(digits):format(value)
end, 2)
print(chain.value)

-- An error is raised where the value is wanted, or handled when it comes.
print(pcall(function()
  return async:divide(1, 0).value
end))
async:divide(2, 0):iferror(function(err)
  print("handled", err)
end):wait()

-- So are the results of a batch.
local batch = pyro.batch(calculator)
batch:divide(1, 2)
batch:divide(3, 4)
local results = batch { asynchronous = true }
print("ready", results.ready)
for result in results.value do
  print(result)
end
