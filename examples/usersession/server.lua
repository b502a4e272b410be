-- A database with one connection for all, and one with a connection for each session.
local pyro = require "pyro"
local database = require "database"

local context = pyro.current_context

local SingletonDatabase = { __name = "SingletonDatabase" }
SingletonDatabase.__index = SingletonDatabase
pyro.behavior(SingletonDatabase, { instance_mode = "single" })

function SingletonDatabase.new()
  print "[SingletonDatabase] new instance and connection"
  return setmetatable({ connection = database.connect() }, SingletonDatabase)
end

--- The user's token comes along with each call.
function SingletonDatabase:store(key, value)
  self.connection:store(key, value, context.annotations.USER)
end

function SingletonDatabase:retrieve(key)
  return self.connection:retrieve(key, context.annotations.USER)
end

function SingletonDatabase:ping()
  return "hi"
end

local SessionboundDatabase = { __name = "SessionboundDatabase" }
SessionboundDatabase.__index = SessionboundDatabase
pyro.behavior(SessionboundDatabase, { instance_mode = "session" })

--- The user's token came along with the session's first call.
function SessionboundDatabase.new()
  local user = context.annotations.USER
  local connection = database.connect(user)
  print(("[SessionboundDatabase] new instance and connection for user: %s"):format(user))
  return setmetatable({ connection = connection }, SessionboundDatabase)
end

function SessionboundDatabase:store(key, value)
  self.connection:store(key, value)
end

function SessionboundDatabase:retrieve(key)
  return self.connection:retrieve(key)
end

function SessionboundDatabase:ping()
  return "hi"
end

pyro.Daemon.serveSimple {
  [SingletonDatabase] = "example.usersession.singletondb",
  [SessionboundDatabase] = "example.usersession.sessiondb",
}
