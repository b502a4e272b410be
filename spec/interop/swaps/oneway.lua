local function served(name)
  return ([[
Object <class '__main__.Server'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = %s
Pyro daemon running.
<ready>
]]):format(name)
end

return {
  {
    {
      "server",
      shows = served "example.oneway" .. [[
<~>start request received. Starting work...
<~>nothing got called, doing nothing
<~>nothing got called, doing nothing
<~>nothing got called, doing nothing
<~>nothing got called, doing nothing
<...>
ready status requested (False)
<...>
work is done!
<...>
ready status requested (True)
work work.. 1
<...>
]],
    },
    {
      "client",
      shows = [[
starting server using a oneway call
doing some more oneway calls inbetween<_>
<Lua|Pyro5>oneway calls done, this should have taken almost no time.

Now contacting the server to see if it's done.
we are faster, so you should see a few attempts,
until the server is finished.
server done?
no, trying again
<...>
server done?
yes!
getting the result from the server: The result :)

Calling oneway work method, server will continue working while we are done (<_>).
]],
    },
  },
  {
    name = "counter",
    only = "Pyro5", -- Pyro4 has none
    {
      "server2",
      shows = "main <_>\n" .. served "example.oneway2" .. ("oneway call executing in <_>\n"):rep(3),
    },
    {
      "client2",
      shows = [[
incrementing a few times normally
counter in server is now:  3
incrementing a few times via oneway call (should be almost instantaneous)
counter is now:  3
ok, the oneway calls are still being processed in the background.
   we'll wait a bit till they're done...
counter is now:  6
]],
    },
  },
}
