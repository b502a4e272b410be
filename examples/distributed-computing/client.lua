-- Has some numbers factorized, by as many workers as there are.
local pyro = require "pyro"
local Workitem = require "workitem"

local NUMBER_OF_ITEMS = 40

print "\nThis program will calculate Prime Factorials of a bunch of random numbers."
print "The more workers you will start (on different cpus/cores/machines),"
print "the faster you will get the complete list of results!\n"

local dispatcher <close> = pyro.Proxy "PYRONAME:example.distributed.dispatcher"

print "placing work items into dispatcher queue."
for i = 1, NUMBER_OF_ITEMS do
  dispatcher:putWork(Workitem.new(i, math.random(3211, 4999999) * math.random(3211, 999999)))
end

print "getting results from dispatcher queue."
local numbers = {}
while #numbers < NUMBER_OF_ITEMS do
  local ok, item = pcall(dispatcher.getResult, dispatcher)
  if ok then
    print(("Got result: %s (from %s)"):format(item, item.processedBy))
    table.insert(numbers, item)
  elseif item.class == "ValueError" then
    print(("Not all results available yet (got %d out of %d). Work queue size: %d"):format(#numbers,
      NUMBER_OF_ITEMS, dispatcher:workQueueSize()))
  else
    error(item)
  end
end
if dispatcher:resultQueueSize() > 0 then
  print "there's still stuff in the dispatcher result queue, that is odd..."
end

print "\nComputed Prime Factorials follow:"
for _, item in ipairs(numbers) do
  print(("%d --> %s"):format(item.data, pyro.repr(item.result)))
end
