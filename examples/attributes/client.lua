local pyro = require "pyro"

local heater = pyro.Proxy "PYRONAME:example.attributes"

print("the target is", heater.target)
heater.target = 23
heater.unit = "degrees"
print("now it is", heater.target)
print(heater:describe())

-- What was not made an attribute is not there, and what is not there cannot be set.
for _, name in ipairs { "serial_number", "colour" } do
  print(select(2, pcall(function()
    return heater[name]
  end)))
  print(select(2, pcall(function()
    heater[name] = 1
  end)))
end
