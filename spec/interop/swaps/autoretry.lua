return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.CalcServer'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.autoretry
Pyro daemon running.
<ready>
calling add: 1, 1
calling add: 2, 2
calling add: 1, 1
calling add: 2, 2
calling add: 3, 3
]],
    },
    {
      "client",
      shows = [[
Calling remote function 1st time (create connection)
Calling remote function 2nd time (not timed out yet)
Sleeping 1 second...
Calling remote function 3rd time (will raise an exception)
Got exception <_>ConnectionClosedError(<_> as expected.
<Lua|Pyro5>
<Lua|Pyro5>Now, let's enable the auto retry on the proxy
<Pyro4>Now, let's enable the auto retry
Calling remote function 1st time (create connection)
Calling remote function 2nd time (not timed out yet)
Sleeping 1 second...
Calling remote function 3rd time (will not raise any exceptions)
]],
    },
  },
}
