-- Gets times with a zone, as text, and looks what is in it.
local pyro = require "pyro"

pyro.config.SERIALIZER = "serpent" -- by which times are text

local UNIX = 719163 -- 1970-01-01, as pyro.date() counts days

--- Reads a string such as "2020-02-29T12:30:00.25+01:00": returns the time in UTC, or, where there
--- is no zone, that there is none.
local function parse(text)
  local day, hour, minute, second, zone =
    text:match "^(%d+%-%d+%-%d+)[T ](%d+):(%d+):(%d+%.?%d*)(.*)$"
  local sign, hours, minutes = zone:match "^([-+])(%d%d):(%d%d)$"
  if not sign then
    return pyro.repr(pyro.datetime(text)) .. ", no zone"
  end
  local offset = tonumber(sign .. hours) * 3600 + tonumber(sign .. minutes) * 60
  local seconds = (pyro.date(day).ordinal - UNIX) * 86400 + hour * 3600 + minute * 60 + second
  return os.date("!%Y-%m-%d %H:%M:%S UTC", (seconds - offset) // 1) .. ", zone " .. zone
end

local function show(text)
  print("Got from server: " .. pyro.repr(text))
  print("   parsed: " .. parse(text))
end

io.write "What is the server uri? "
io.flush()
local serv <close> = pyro.Proxy(io.read "l")
print("local time without timezone:  " .. os.date "%Y-%m-%d %H:%M:%S ")

print "\n1. no timezone"
show(serv:echo(pyro.datetime(pyro.time())))

print "\n2. PyTz timezones"
show(serv:pytz())

print "\n3. DateUtil timezones"
show(serv:dateutil())

print "\n4. Pendulum timezones"
show(serv:pendulum())
print()
