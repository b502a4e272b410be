-- Classes that are registered, rather than objects: the daemon makes the objects.
local pyro = require "pyro"

local function counter_class(mode)
  local Counter = { __name = mode .. " counter" }
  Counter.__index = Counter
  function Counter:count()
    self.calls = self.calls + 1
    return self.calls
  end
  pyro.behavior(Counter, {
    instance_mode = mode,
    instance_creator = function(class)
      print("a new " .. class.__name)
      return setmetatable({ calls = 0 }, class)
    end,
  })
  return Counter
end

pyro.Daemon.serveSimple {
  [counter_class "single"] = "example.instancemode.single",
  [counter_class "session"] = "example.instancemode.session",
  [counter_class "percall"] = "example.instancemode.percall",
}
