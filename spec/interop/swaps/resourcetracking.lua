return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.Service'>:
    uri = <uri>
Pyro daemon running.
<ready>
service: allocated resource <first>  for client <_>
service: allocated resource <second>  for client <_>
Resource: closing <first>
Resource: closing <second>
client disconnects: <_>
    resources:  []
]],
    },
    {
      "client",
      typed = "<uri>\n\n",
      shows = [[
Enter the URI of the server object: currently allocated resources: []
allocating resource... <first>
allocating resource... <second>

hit Enter now to continue normally or ^C/break to abort the connection forcefully:free resources normally...
allocated resources: []
done.
]],
    },
  },
  {
    name = "a client that is gone",
    {
      "server",
      shows = [[
Object <class '__main__.Service'>:
    uri = <uri>
Pyro daemon running.
<ready>
service: allocated resource <first>  for client <_>
service: allocated resource <second>  for client <_>
<Lua>client disconnects: <_>
<Lua>    resources:  [<_>, <_>]
<Pyro4|Pyro5><...>
<~>Resource: closing <first>
<~>Resource: closing <second>
<...>
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
Enter the URI of the server object: currently allocated resources: []
allocating resource... <first>
allocating resource... <second>

hit Enter now to continue normally or ^C/break to abort the connection forcefully:<ready>
<...>
]],
    },
    {
      "client", -- comes when the other one has gone
      replaces = 2,
      typed = "<uri>\n",
      shows = [[
Enter the URI of the server object: currently allocated resources: <_>
allocating resource... <_>
allocating resource... <_>
<ready>
<...>
]],
    },
  },
}
