-- A store with a session for each connection: each has the user whose token came along.
local pyro = require "pyro"

local context = pyro.current_context
local stored = {} -- user -> key -> value: the "database"

local Session = { __name = "Session" }
Session.__index = Session

pyro.behavior(Session, {
  instance_mode = "session",
  instance_creator = function(class)
    local user = context.annotations.USER
    print("a new session for " .. user)
    stored[user] = stored[user] or {}
    return setmetatable({ user = user, data = stored[user] }, class)
  end,
})

function Session:store(key, value)
  self.data[key] = value
end

function Session:fetch(key)
  return self.data[key]
end

function Session:whoami()
  return self.user
end

pyro.Daemon.serveSimple { [Session] = "example.usersession" }
