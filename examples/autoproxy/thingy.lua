local Thingy = { __name = "Thingy" }
Thingy.__index = Thingy

function Thingy.new(number)
  return setmetatable({ number = number }, Thingy)
end

function Thingy:speak(message)
  print(("Thingy %d says: %s"):format(self.number, message))
end

return Thingy
