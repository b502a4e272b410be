local pyro = require "pyro"

io.write "enter async server object uri: "
local proxy = pyro.Proxy(io.read():match "%S+")

--- Sends three divisions at once; returns a future of an iterator over their results.
local function three_divisions()
  local batch = pyro.batch(proxy)
  batch:divide(100, 5)
  batch:divide(99, 9)
  batch:divide(555, 2)
  return batch { asynchronous = true }
end

local function collect(results)
  local list = {}
  for result in results do
    table.insert(list, result)
  end
  return list
end

local function add_one(values)
  local results = {}
  for i, value in ipairs(values) do
    results[i] = value + 1
  end
  print(">>> async batch function called, returning: " .. pyro.repr(results))
  return results
end

print "\n* batch async call:"
print "getting results..."
local future = three_divisions()
print("result value available? " .. pyro.repr(future.ready)) -- not while the server is busy
print "client can do other stuff here."
pyro.sleep(2)
print "such as sleeping ;-)"
pyro.sleep(2)
print "sleeping some more, batch takes a while"
pyro.sleep(2)
print "getting result values...(will block until available)"
print("resultvalues= " .. pyro.repr(collect(future.value)))

print "\n* batch async call with chained function:"
future = three_divisions():andThen(collect):andThen(add_one):andThen(add_one):andThen(add_one)
print "getting result values...(will block until available)"
print("final value= " .. pyro.repr(future.value))

print "\n* batch async call with exception:"
local batch = pyro.batch(proxy)
batch:divide(1, 1) -- this one is ok
batch:divide(100, 0)
future = batch { asynchronous = true }
print "getting result values..."
local ok, err = pcall(function()
  return collect(future.value) -- raises the error where its result would be
end)
print(ok and "Weird, this shouldn't succeed!?" or "got exception (expected): " .. pyro.repr(err))

print "\n* batch async call with timeout:"
future = three_divisions()
print "checking if ready within 2 seconds..."
print("status after wait= " .. pyro.repr(future:wait(2)))
print "checking again if ready within 10 seconds...(should be ok now)"
print("status after wait= " .. pyro.repr(future:wait(10)))
print("available= " .. pyro.repr(future.ready))
print("resultvalues= " .. pyro.repr(collect(future.value)))

print "\ndone."
