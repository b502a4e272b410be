local pyro = require "pyro"

local NUMBER_OF_LOOPS = 20000
local TOTAL = NUMBER_OF_LOOPS * (7 * 6 + 10 + 20)

io.write "enter server object uri: "
local proxy <close> = pyro.Proxy(io.read():match "%S+")

--- Runs a function; returns how long that took, and how many calls a second that was.
local function timed(f)
  local start = pyro.time()
  f()
  local duration = pyro.time() - start
  return duration, NUMBER_OF_LOOPS * 2 / duration
end

--- Notes down many calls: each returns nil at once.
local function fill(batch, name)
  batch:printmessage("beginning " .. name)
  for _ = 1, NUMBER_OF_LOOPS do
    batch:multiply(7, 6)
    batch:add(10, 20)
  end
end

print "Normal remote calls..."
local normal, rate = timed(function()
  local total = 0
  proxy:printmessage "beginning normal calls"
  for _ = 1, NUMBER_OF_LOOPS do
    total = total + proxy:multiply(7, 6)
    total = total + proxy:add(10, 20)
  end
  proxy:printmessage "end of normal calls"
  assert(total == TOTAL)
end)
print(("that took %.2f seconds (%.0f calls/sec)"):format(normal, rate))

print "\nBatched remote calls..."
local batch = pyro.batch(proxy)
local duration
duration, rate = timed(function()
  fill(batch, "batch #1")
  batch:printmessage "end of batch #1"
  print "processing the results..."
  local total = 0
  for result in batch() do -- all travel in one message
    total = total + result
  end
  assert(total == TOTAL)
end)
print(("total time taken %.2f seconds (%.0f calls/sec)"):format(duration, rate))
print(("batched calls were %.1f times faster than normal remote calls"):format(normal / duration))

print "\nOneway batched remote calls..."
duration, rate = timed(function()
  fill(batch, "batch #2")
  batch:delay(2) -- this we will not notice
  batch:printmessage "end of batch #2"
  print "executing batch, there will be no result values. Check server to see printed messages..."
  batch { oneway = true }
end)
print(("total time taken %.2f seconds (%.0f calls/sec)"):format(duration, rate))
print(("oneway batched calls were %.1f times faster than normal remote calls"):format(
  normal / duration))

print "\nBatch with an error. Dividing a number by decreasing divisors..."
for divisor = 3, -2, -1 do
  batch:divide(100, divisor)
end
print "getting results..."
local divisor = 3
local ok, err = pcall(function()
  for result in batch() do -- the error is raised where its result would be
    print(("100//%d = %d"):format(divisor, result))
    divisor = divisor - 1
  end
end)
assert(not ok and err.class == "ZeroDivisionError", err)
print "A divide by zero error occurred during the batch! (expected)"
print(table.concat(err.remoteTraceback))
