local pyro = require "pyro"

local colours = { Ann = "red", Henry = "green" }
local sessions = {}

for _, name in ipairs { "Ann", "Henry" } do
  pyro.current_context.annotations = { USER = name }
  sessions[name] = pyro.Proxy "PYRONAME:example.usersession"
  sessions[name]:store("colour", colours[name])
end

for _, name in ipairs { "Ann", "Henry" } do
  local session = sessions[name]
  print(("%s is %s and likes %s"):format(name, session:whoami(), session:fetch "colour"))
end
