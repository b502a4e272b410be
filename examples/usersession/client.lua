local pyro = require "pyro"

--- A user who stores something, and finds it again, whatever the others do.
local function user(name, colour)
  pyro.current_context.annotations = { USER = name }
  local session <close> = pyro.Proxy "PYRONAME:example.usersession"
  session:store("colour", colour)
  pyro.sleep(0.1) -- meanwhile the others store theirs
  print(("%s is %s and likes %s"):format(name, session:whoami(), session:fetch "colour"))
end

for i, name in ipairs { "Ann", "Henry", "Janet" } do
  pyro.spawn(user, name, ({ "red", "green", "blue" })[i])
end
pyro.sleep(1)
