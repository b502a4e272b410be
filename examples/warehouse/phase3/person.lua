local pyro = require "pyro"

local Person = { __name = "Person" }
Person.__index = Person

setmetatable(Person, {
  __call = function(class, name)
    return setmetatable({ name = name }, class)
  end,
})

local function input(prompt)
  io.write(prompt)
  io.flush()
  local line = io.read "l" or ""
  return line:match "^%s*(.-)%s*$"
end

function Person:visit(warehouse)
  print(("This is %s."):format(self.name))
  self:deposit(warehouse)
  self:retrieve(warehouse)
  print "Thank you, come again!"
end

function Person:deposit(warehouse)
  print("The warehouse contains: " .. pyro.repr(warehouse:list_contents()))
  local item = input "Type a thing you want to store (or empty): "
  if item ~= "" then
    warehouse:store(self.name, item)
  end
end

function Person:retrieve(warehouse)
  print("The warehouse contains: " .. pyro.repr(warehouse:list_contents()))
  local item = input "Type something you want to take (or empty): "
  if item ~= "" then
    warehouse:take(self.name, item)
  end
end

return Person
