local pyro = require "pyro"

local answers = {} -- in the order in which they came
local left = 0

local function ask(seconds)
  local gateway <close> = pyro.Proxy "PYRONAME:example.gateway"
  local answer = gateway:ask(seconds)
  answers[#answers + 1] = answer
  left = left - 1
end

local started = os.time()
for _, seconds in ipairs { 0.2, 1.0, 3.0 } do
  for _ = 1, 100 do
    pyro.spawn(ask, seconds)
    left = left + 1
  end
end

local number = 1000003 * 1000033
print(number .. " is a multiple of " .. pyro.Proxy("PYRONAME:example.gateway"):factor(number))

while left > 0 do
  pyro.sleep(0.01)
end
local count = 0
for i, seconds in ipairs(answers) do
  count = count + 1
  if seconds ~= answers[i + 1] then
    print(count .. " answers that take " .. seconds .. " seconds")
    count = 0
  end
end
local bound = os.time() - started < 60 and "less" or "more"
print("all in " .. bound .. " than a minute; one after the other, it would take seven")
