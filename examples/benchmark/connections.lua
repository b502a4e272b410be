-- connections.lua [COUNT]: how long connecting takes, 2000 times by default.
local pyro = require "pyro"

io.write "Uri of benchmark server? "
io.flush()
local uri = io.read "l"
local iterations = math.tointeger((...) or 2000)

--- Calls a function many times, and tells how far it is; returns the seconds that took.
local function time(iters, step, f)
  local begin = pyro.time()
  for loop = 0, iters - 1 do
    if loop % step == 0 then
      print(loop)
    end
    f()
  end
  return pyro.time() - begin
end

print "Timing raw connect speed (no method call)..."
local p = pyro.Proxy(uri)
p:oneway()
local duration = time(iterations, 500, function()
  p:_pyroRelease()
  p:_pyroBind()
end)
print(("%d connections in %.3f sec = %.0f conn/sec"):format(iterations, duration,
  iterations / duration))

print "Timing proxy creation+connect+methodcall speed..."
duration = time(iterations, 500, function()
  local proxy <close> = pyro.Proxy(uri)
  proxy:oneway()
end)
print(("%d new proxy calls in %.3f sec = %.0f calls/sec"):format(iterations, duration,
  iterations / duration))

print "Timing oneway proxy methodcall speed..."
p = pyro.Proxy(uri)
p:oneway()
iterations = 5 * iterations
duration = time(iterations, 1000, function()
  p:oneway()
end)
print(("%d calls in %.3f sec = %.0f calls/sec"):format(iterations, duration, iterations / duration))
print("Serializer used: " .. pyro.config.SERIALIZER)
