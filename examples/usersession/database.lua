-- A key-value store, whose connections may be used by one at a time only.
local pyro = require "pyro"

local storage, allowed_users = {}, { user123 = true, admin = true }

local Connection = {}
Connection.__index = Connection

--- A connection for a user; without one, each access has to say who it is.
local function connect(user)
  return setmetatable({ user = user, locked = false }, Connection)
end

--- Calls a function while nobody else uses the connection.
local function access(self, kind, user, f)
  if not allowed_users[user] then
    error(pyro.AssertionError "access denied")
  elseif self.locked then
    error(pyro.RuntimeError("ERROR: concurrent connection access (" .. kind
      .. ") by multiple different threads"))
  end
  self.locked = true
  local result = f()
  self.locked = false
  return result
end

function Connection:store(key, value, user)
  user = user or self.user
  access(self, "write", user, function()
    print(("DB: user %s stores: %s = %s"):format(user, key, value))
    pyro.sleep(math.random() / 10) -- artificial delay
    storage[key] = value
  end)
end

function Connection:retrieve(key, user)
  user = user or self.user
  return access(self, "read", user, function()
    print(("DB: user %s retrieve: %s"):format(user, key))
    pyro.sleep(math.random() / 10)
    return storage[key]
  end)
end

return { connect = connect }
