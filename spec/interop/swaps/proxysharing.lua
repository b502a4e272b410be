local WORK = [[
waiting 5 seconds
waiting until threads have stopped...
--> time until everything completed: <_>
--> work done on the server: <_>
]]

return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.RemoteObject'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.proxysharing
Pyro daemon running.
<ready>
work... 0
<...>
]],
    },
    {
      "client",
      shows = [[
Running a bunch of threads for 5 seconds.
They're hammering the name server and the test server using the same proxy.
You should not see any exceptions.
Done.

Now showing why proxy sharing might not be a good idea for parallelism.
Starting 10 threads with the same proxy that all call the work() method.
]] .. WORK .. [[
you can see that the 10 threads are waiting for each other to complete,
and that not a lot of work has been done on the server.

Doing the same again but every thread now has its own proxy.
Starting 10 threads with different proxies that all call the work() method.
]] .. WORK .. [[
you can see that this time the 10 threads didn't have to wait for each other,
and that they got a lot more work done because they really ran in parallel.
]],
    },
  },
}
