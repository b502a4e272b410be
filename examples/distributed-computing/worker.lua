-- Takes numbers from the dispatcher, and gives back their prime factors.
local pyro = require "pyro"

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
  table.insert(factors, number)
  return factors
end

local dispatcher = pyro.Proxy "PYRONAME:example.dispatcher"
print "The worker is running."
while true do
  local number = dispatcher:get_work()
  dispatcher:put_result { number = number, factors = factorize(number) }
end
