-- Two classes whose objects travel: both programs register them by the same names.
local pyro = require "pyro"

local function new_class(name)
  local class = { __name = name }
  class.__index = class
  function class.new(number)
    return setmetatable({ number = number }, class)
  end
  function class:__tostring()
    return ("<%s, number=%s>"):format(name, self.number)
  end
  return class
end

local Thingy, OtherThingy = new_class "Thingy", new_class "OtherThingy"

-- As a dict of its own form, and back from one.
pyro.registerClass("waheeee-custom-thingy", Thingy, function(thingy)
  print(("{serializer hook, converting to dict: %s}"):format(thingy))
  return { ["number-attribute"] = thingy.number }
end, function(dict)
  print(("{deserializer hook, converting to class: %s}"):format(pyro.repr(dict)))
  return Thingy.new(dict["number-attribute"])
end)

-- As a dict of its fields, as Python's serpent does without a hook.
pyro.registerClass("mycustomclasses.OtherThingy", OtherThingy, function(thingy)
  return { number = thingy.number }
end, function(dict)
  print(("{deserializer hook, converting to class: %s}"):format(pyro.repr(dict)))
  return OtherThingy.new(dict.number)
end)

return { Thingy = Thingy, OtherThingy = OtherThingy }
