-- Our programs are as Pyro5's, which need Python's pendulum, pytz and dateutil.
local function has_libraries()
  local python = os.getenv "PYTHON" or "/usr/bin/python3"
  return (os.execute(python .. " -c 'import pendulum, pytz, dateutil' 2>/dev/null"))
end

local DATE = "20<_>-<_>-<_>T<_>:<_>:<_>"
local ZONED = DATE .. "+0<_>:00"

local plays = {
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
  {
    name = "serializers",
    only = "Pyro4",
    {
      "server", -- Pyro4's needs these libraries, too
      language = "Lua",
      shows = "Object <_>:\n    uri = <uri>\nPyro daemon running.\n<ready>\nRETURNING: <_>\n<...>\n",
    },
    {
      "client",
      typed = "<uri>\n",
      Lua = { shows = "What is the server uri? local time without timezone:  <_>\n<...>\n" },
      -- Times without a zone arrive by each but marshal; about others it complains on its standard error.
      shows = [[
What is the server uri? local time without timezone:  <_>

******* pickle *******
******* (expecting no errors) ******

FIRST: no timezone
<_> <_>
  datetime.datetime(<_>) (<class 'datetime.datetime'>)
    tzinfo = None

SECOND: PyTz timezones

******* serpent *******

FIRST: no timezone
<second>
  '<second>' (<class 'str'>)
    no tzinfo attribute

SECOND: PyTz timezones

******* json *******

FIRST: no timezone
<third>
  '<third>' (<class 'str'>)
    no tzinfo attribute

SECOND: PyTz timezones

******* marshal *******

FIRST: no timezone
]],
    },
  },
}

if not has_libraries() then
  table.remove(plays, 1)
end
return plays
