-- Returns times with a zone. They travel as text, as Python's do by serpent.
local pyro = require "pyro"

local Server = {}

local function returning(date)
  print("RETURNING: " .. pyro.repr(date))
  return date
end

function Server:echo(date)
  return returning(date)
end

--- The time in Amsterdam now. The system knows the zone's rules; Lua does not.
local function now_in_amsterdam()
  local date <close> = io.popen "TZ=Europe/Amsterdam date +%Y-%m-%dT%H:%M:%S.%6N%:z"
  return date:read "l"
end

--- To Pyro's clients these are three libraries that know zones: their texts are the same.
for _, name in ipairs { "pytz", "dateutil", "pendulum" } do
  Server[name] = function()
    return returning(now_in_amsterdam())
  end
end

pyro.Daemon.serveSimple({ [Server] = "example.timezones" }, { ns = false })
