local pyro = require "pyro"

local fountain = pyro.Proxy "PYRONAME:example.streaming"

for word in fountain:words "one at a time" do
  print(word)
end

for number in fountain:countdown(10) do
  print(number)
  if number == 8 then
    break -- the other items are never produced
  end
end
