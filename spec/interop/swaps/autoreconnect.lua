local SERVED = [[
<ready>
Method called with 42
You can now try to stop this server with ctrl-C/ctrl-Break
<...>
]]

local CALLS = [[
call...
Sleeping 1 second
<ready>
<...>
Connection lost. REBINDING...
(restart the server now)
call...
Sleeping 1 second
<...>
]]

return {
  {
    port = 7777,
    { "server", shows = "Autoreconnect using PYRO uri.\nServer started, uri: <uri>\n" .. SERVED },
    {
      "client",
      typed = "<uri>\n",
      shows = "Autoreconnect using PYRO uri.\nEnter the uri that the server printed:" .. CALLS,
    },
    { "server", replaces = 1, shows = "Autoreconnect using PYRO uri.\nServer started, uri: <uri>\n" .. SERVED },
  },
  {
    name = "name server",
    {
      "serverNS",
      shows = "Autoreconnect using Name Server.\nThere was no previous registration in the name server.\n"
        .. "Server started.\n" .. SERVED,
    },
    { "clientNS", shows = "Autoreconnect using Name Server.\n" .. CALLS },
    {
      "serverNS",
      replaces = 1,
      shows = "Autoreconnect using Name Server.\nObject still exists in Name Server with id: obj_<_>\n"
        .. "Previous daemon socket port: <port>\nServer started.\n" .. SERVED,
    },
  },
}
