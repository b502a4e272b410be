local pyro = require "pyro"

--- Makes a proxy of one of the databases.
local function open(name)
  return pyro.Proxy("PYRONAME:example.usersession." .. name)
end

--- The user's token goes along with the calls of the running task.
local function log_in()
  pyro.current_context.annotations = { USER = "user123" }
end

local function access_in_turn(name)
  local first <close> = open(name)
  local second <close> = open(name)
  log_in()
  first:store("number", 42)
  first:retrieve "number"
  second:store("number", 43)
  second:retrieve "number"
end

local function access_at_once(name)
  io.stdout:write("enter to start: "):flush()
  io.read()
  local tasks = {}
  for number = 1, 2 do
    tasks[number] = pyro.spawn(function()
      log_in()
      local database <close> = open(name)
      for i = 0, 2 do
        local ok, result = pcall(function()
          database:store("number", 100 + i)
          return database:retrieve "number"
        end)
        if ok then
          print(("[Thread-%d] num=%d"):format(number, result))
        else
          pyro.excepthook(result)
        end
      end
    end)
  end
  pyro.join(tasks[1])
  pyro.join(tasks[2])
end

print "\n***** Sequential access using multiple proxies on the Session-Bound Database... \z
  (no issues)"
access_in_turn "sessiondb"
print "\n***** Sequential access using multiple proxies on the Singleton Database... (no issues)"
access_in_turn "singletondb"
print "\n***** Multiple concurrent proxies on the Session-Bound Database... (no issues)"
access_at_once "sessiondb"
print "\n***** Multiple concurrent proxies on the Singleton Database... \z
  (concurrency errors will occur!)"
access_at_once "singletondb"
