local pyro = require "pyro"

local nsproxy = pyro.locateNS()
local proxy = pyro.Proxy "PYRONAME:example.proxysharing"

--- Starts tasks that do something again and again until their time is over; returns them.
local function start(count, seconds, work)
  local tasks, stop = {}, pyro.time() + seconds
  for i = 1, count do
    tasks[i] = pyro.spawn(function()
      while pyro.time() < stop do
        work(i)
      end
    end)
  end
  return tasks
end

local function join(tasks)
  for _, task in ipairs(tasks) do
    pyro.join(task)
  end
end

local hammering = start(5, 5, function()
  nsproxy:list { prefix = "example." }
  proxy:method "the quick brown fox jumps over the lazy dog"
end)
print "Running a bunch of threads for 5 seconds."
print "They're hammering the name server and the test server using the same proxy."
print "You should not see any exceptions."
join(hammering)
print "Done."

--- Ten tasks work for 5 seconds, each with the proxy of its number.
local function work_with(proxies)
  proxy:reset_work()
  local begin = pyro.time()
  local working = start(10, 5, function(i)
    proxies[i]:work()
  end)
  print "waiting 5 seconds"
  pyro.sleep(5)
  print "waiting until threads have stopped..."
  join(working)
  print(("--> time until everything completed: %.2f"):format((pyro.time() - begin) // 1))
  print(("--> work done on the server: %d"):format(proxy:get_work_done()))
end

print "\nNow showing why proxy sharing might not be a good idea for parallelism."
print "Starting 10 threads with the same proxy that all call the work() method."
local proxies = {}
for i = 1, 10 do
  proxies[i] = proxy
end
work_with(proxies)
print "you can see that the 10 threads are waiting for each other to complete,"
print "and that not a lot of work has been done on the server."

print "\nDoing the same again but every thread now has its own proxy."
print "Starting 10 threads with different proxies that all call the work() method."
for i = 1, 10 do
  proxies[i] = pyro.Proxy(proxy._pyroUri)
end
work_with(proxies)
print "you can see that this time the 10 threads didn't have to wait for each other,"
print "and that they got a lot more work done because they really ran in parallel."
