-- client.lua [COUNT]: how long calls take, each made 1000 times by default.
local pyro = require "pyro"

pyro.config.SERIALIZER = "marshal"

io.write "Uri of benchmark server? "
io.flush()
local obj = pyro.Proxy(io.read "l")
obj:_pyroBind()
assert(table.concat(obj._pyroOneway, " "):find "%f[%a]oneway%f[%A]") -- it is indeed marked so

local numbers = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }
local animals = { aap = 42, noot = 99, mies = 987654 }
local keywords = pyro.kwargs { arg1 = "zork" }
local three, four = pyro.tuple { 3 }, { 4 }
local argument = ("Argument"):rep(50)

local calls = {
  function() obj:length "Irmen de Jong" end,
  function() obj:timestwo(21) end,
  function() obj:bigreply() end,
  function() obj:manyargs(table.unpack(numbers)) end,
  function() obj:noreply(numbers) end,
  function() obj:noreply(nil) end,
  function() obj:varargs("een", 2, three, four) end,
  function() obj:keywords(keywords) end,
  function() obj:echo("een", 2, three, four) end,
  function() obj:echo(animals) end,
  function() obj:bigarg(argument) end,
  function() obj:oneway("stringetje", 432423434, 9.8765432) end,
}

local function repeat_call(call, times)
  for _ = 1, times do
    call()
  end
end

print "-------- BENCHMARK REMOTE OBJECT ---------"
local begin = pyro.time()
local iters = math.tointeger((...) or 1000)
print "warmup..."
repeat_call(calls[1], iters)
for i, call in ipairs(calls) do
  io.write(("call #%d, %d times... "):format(i, iters))
  local before = pyro.time()
  repeat_call(call, iters)
  print(("%.3f"):format(pyro.time() - before))
end
local duration = pyro.time() - begin
print(("total time %.3f seconds"):format(duration))
local amount = #calls * iters
print(("total method calls: %d"):format(amount))
print(("avg. time per method call: %.3f msec (%d/sec) (serializer: %s)"):format(
  1000 * duration / amount, amount // duration, pyro.config.SERIALIZER))
