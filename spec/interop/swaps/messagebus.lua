local SERVER = {
  "server",
  Lua = { command = { "server.lua" } },
  command = { "-m", "messagebus.server" },
  arguments = { "-s", "memory" },
  shows = [[
Pyro Message Bus.
    uri  = PYRO:obj_<_>@localhost:<_>
    name = Pyro.MessageBus
Server running, storage is memory.
<ready>
<...>
]],
}

local PUBLISHER = {
  "publisher",
  typed = "Utrecht\n",
  shows = [[
Give city or country to use as location: Forecast: ('Utrecht', '<_>')
Forecast: ('Utrecht', '<_>')
<ready>
<...>
]],
}

return {
  { SERVER, PUBLISHER },
  {
    name = "subscribed",
    only = "Pyro5", -- Pyro4's messages are of a class of another name
    SERVER,
    {
      "subscriber",
      typed = "\n",
      shows = [[
hostname to bind on (empty=localhost): Topics on the bus:  <_>
Subscribing to weather-forecast.
Subscribed on weather-forecast
<ready>

GOT MESSAGE:
   topic: weather-forecast
   msgid: <_>
 created: 20<_>
    data: <_>'Utrecht', '<_>'<_>
<...>
]],
    },
    PUBLISHER,
  },
}
