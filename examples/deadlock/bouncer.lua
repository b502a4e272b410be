-- Passes messages back to the callback object, until they are large enough.
local Bouncer = { __name = "Bouncer" }
Bouncer.__index = Bouncer

function Bouncer.new(name)
  return setmetatable({ name = name, count = 0 }, Bouncer)
end

function Bouncer:register(callback)
  self.callback = callback
end

function Bouncer:process(message)
  print("in process " .. self.name)
  if #message >= 3 then
    print(("Back in %s , message is large enough... stopping!"):format(self.name))
    return { ("complete at %s:%d"):format(self.name, self.count) }
  end
  print(("I'm %s , bouncing back..."):format(self.name))
  table.insert(message, self.name)
  local result = self.callback:process(message)
  self.count = self.count + 1
  table.insert(result, 1, ("passed on from %s:%d"):format(self.name, self.count))
  print "returned from callback"
  return result
end

return Bouncer
