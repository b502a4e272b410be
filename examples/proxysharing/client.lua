local pyro = require "pyro"

local shared = pyro.Proxy "PYRONAME:example.proxysharing"

--- Runs five tasks at the same time, waits for all, and tells what the server saw.
local function five_times(title, task)
  local left = 5
  for _ = 1, 5 do
    pyro.spawn(function()
      task()
      left = left - 1
    end)
  end
  while left > 0 do
    pyro.sleep(0.01)
  end
  print(title, shared:most_at_once() .. " at a time")
end

five_times("one proxy for all", function()
  shared:work()
end)

five_times("a proxy for each", function()
  local own <close> = pyro.Proxy "PYRONAME:example.proxysharing"
  own:work()
end)
