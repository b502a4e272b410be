-- Factorizes numbers, for whoever finds it by its tag. As many may run as you like.
local pyro = require "pyro"

local Worker = {}

local function factorize(number)
  local factors, divisor = {}, 2
  while divisor * divisor <= number do
    if number % divisor == 0 then
      table.insert(factors, divisor)
      number = number // divisor
    else
      divisor = divisor + 1
    end
  end
  if number > 1 then
    table.insert(factors, number)
  end
  return factors
end

function Worker:factorize(n)
  print("factorize request received for " .. n)
  local result = factorize(n)
  print("    --> " .. pyro.repr(result))
  return result
end

--- A name that no other worker has: this process's number, and the machine's name.
local function unique_name()
  local shell <close> = io.popen "echo $PPID; hostname"
  return ("Worker_%s@%s"):format(shell:read "l", shell:read "l")
end

local name = unique_name()
local daemon = pyro.Daemon {}
local uri = daemon:register(Worker)
pyro.locateNS():register(name, uri, { metadata = pyro.set { "example3.worker.factorizer" } })
print("Starting up worker " .. name)
daemon:requestLoop()
