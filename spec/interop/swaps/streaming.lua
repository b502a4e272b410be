local SERVER = {
  "server",
  shows = [[
Note: iter-streaming has been enabled in the Pyro config.
Object <class '__main__.Streamer'>:
    uri = <uri>
Pyro daemon running.
<ready>
]],
}

local STREAMS = [[
Enter streaming server uri:
normal list:
[1, 2, 3, 4, 5, 6, 7, 8, 9]

via iterator:
[1, 2, 3, 4, 5, 6, 7, 8, 9]

via generator:
[1, 2, 3, 4, 5, 6, 7, 8, 9]

slow generator:
1
2
3
4
5
6
7
8
9
]]

return {
  {
    only = "Pyro5", -- as is our client: it wants attributes that are iterators
    SERVER,
    {
      "client",
      typed = "<uri>\n",
      shows = STREAMS .. [[

property iterator:
[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

property generator:
[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
]],
    },
  },
  {
    only = "Pyro4",
    { "server", language = "Lua", shows = SERVER.shows },
    { "client", typed = "<uri>\n", Pyro4 = { shows = STREAMS }, shows = STREAMS .. "<...>\n" },
  },
}
