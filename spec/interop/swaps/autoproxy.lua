return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.Factory'>:
    uri = <uri>
Pyro daemon running.
<ready>
Thingy 1 says: I am the first
Thingy 2 says: I am second
Thingy 3 says: I am last then...
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
enter factory server object uri: Creating things.
<Pyro5|Lua><_>Proxy at <_>; <_>connected<_>; for PYRO:obj_<_>@localhost:<_>
<Pyro4>Speaking stuff.
<Pyro5|Lua>Speaking stuff (see output on server).
]],
    },
  },
}
