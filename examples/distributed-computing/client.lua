-- Has some numbers factorized, by as many workers as there are.
local pyro = require "pyro"

local dispatcher = pyro.Proxy "PYRONAME:example.dispatcher"
local first, last = 1000000007, 1000000016
for number = first, last do
  dispatcher:put_work(number)
end

local factors = {}
for _ = first, last do
  local result = dispatcher:get_result()
  factors[result.number] = result.factors
end
for number = first, last do
  print(number, table.concat(factors[number], " x "))
end
