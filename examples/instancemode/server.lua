-- Classes that are registered, rather than objects: the daemon makes the objects.
local pyro = require "pyro"

local created = 0

local function instance_class(name, mode)
  local class = { __name = name }
  class.__index = class
  pyro.behavior(class, {
    instance_mode = mode,
    instance_creator = function()
      created = created + 1
      print(("created %s instance with id %d"):format(name, created))
      return setmetatable({ id = created }, class)
    end,
  })
  function class:msg(message)
    print(("[%d] %s.msg: %s"):format(self.id, name, message))
    return self.id
  end
  return class
end

pyro.Daemon.serveSimple {
  [instance_class("SingleInstance", "single")] = "instance.single",
  [instance_class("SessionInstance", "session")] = "instance.session",
  [instance_class("PercallInstance", "percall")] = "instance.percall",
}
