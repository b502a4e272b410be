-- Pyro5's; Pyro4's is about pickle. Its own programs need Python's pendulum, pytz and dateutil.
local function has_libraries()
  local python = os.getenv "PYTHON" or "/usr/bin/python3"
  return (os.execute(python .. " -c 'import pendulum, pytz, dateutil' 2>/dev/null"))
end

if not has_libraries() then
  return {}
end

local DATE = "20<_>-<_>-<_>T<_>:<_>:<_>"
local ZONED = DATE .. "+0<_>:00"

return {
  {
    only = "Pyro5",
    {
      "server",
      shows = ([[
Object <_>:
    uri = <uri>
Pyro daemon running.
<ready>
RETURNING: 'DATE'
<Lua>RETURNING: 'ZONED'
<Lua>RETURNING: 'ZONED'
<Lua>RETURNING: 'ZONED'
<Pyro5>RETURNING: datetime.datetime(<_>, tzinfo=<<_> 'Europe/Amsterdam' <_>>)
<Pyro5>RETURNING: datetime.datetime(<_>, tzinfo=tzfile(<_>Europe/Amsterdam'))
<Pyro5>RETURNING: DateTime(<_>, tzinfo=Timezone('Europe/Amsterdam'))
]]):gsub("%u%u%u%u%u?", { DATE = DATE, ZONED = ZONED }),
    },
    {
      "client",
      typed = "<uri>\n",
      shows = ([[
What is the server uri? local time without timezone:  20<_>-<_>-<_> <_>:<_>:<_>

1. no timezone
Got from server: 'DATE'
   parsed: <_>

2. PyTz timezones
Got from server: 'ZONED'
   parsed: <_>

3. DateUtil timezones
Got from server: 'ZONED'
   parsed: <_>

4. Pendulum timezones
Got from server: 'ZONED'
   parsed: <_>

]]):gsub("%u%u%u%u%u?", { DATE = DATE, ZONED = ZONED }),
    },
  },
}
