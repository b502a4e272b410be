local pyro = require "pyro"

local trouble = pyro.Proxy "PYRONAME:example.exceptions"

--- Calls a method that fails; shows the error.
local function try(name, ...)
  local ok, err = pcall(trouble[name], trouble, ...)
  print(name, ok and "went well" or tostring(err))
  return err
end

try("divide", 10, 3)
try("divide", 10, 0)
try("complain", "the coffee is cold")
try("stumble")

local refusal = try("refuse", "Henry", 1000)
print("class", refusal.class)
print("message", refusal.message)
print("args", pyro.repr(refusal.args))

-- The traceback of the other side is part of the error.
print "remote traceback:"
io.write(table.concat(refusal.remoteTraceback))

-- A method that is not there fails before anything is sent.
local ok, err = pcall(function()
  trouble:vanish()
end)
print(ok, err)
