-- Takes numbers from the dispatcher, and gives back their prime factors.
local pyro = require "pyro"
require "workitem"

local process <close> = assert(io.popen "echo $PPID@$(uname -n)")
local WORKERNAME = "Worker_" .. process:read()

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

local dispatcher = pyro.Proxy "PYRONAME:example.distributed.dispatcher"
print("This is worker " .. WORKERNAME)
print "getting work from dispatcher."
while true do
  local ok, item = pcall(dispatcher.getWork, dispatcher)
  if ok then
    print(("factorizing %d -->"):format(item.data))
    item.result = factorize(item.data)
    print(pyro.repr(item.result))
    item.processedBy = WORKERNAME
    dispatcher:putResult(item)
  elseif item.class == "ValueError" then
    print "no work available yet."
  else
    error(item)
  end
end
