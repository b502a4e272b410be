return {
  {
    {
      "echoserver",
      Lua = { command = { "-m", "pyro.echoserver" } },
      Pyro4 = { command = { "-m", "Pyro4.test.echoserver" } },
      Pyro5 = { command = { "-m", "Pyro5.utils.echoserver" } },
      shows = [[
Starting Pyro's built-in test echo server.
<Pyro4>Warning: HMAC key not set. Anyone can connect to this server!
object name: test.echoserver
echo uri: <uri>
echoserver running.
<ready>
<...>
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
First start the built-in test echo server with something like:
<_>echoserver
Enter the server's uri that was printed:

got back from the server: hello
got back from the server: [1, 2, 3, 4]
got element from remote iterator: one
got element from remote iterator: two
got element from remote iterator: three

caught an exception (expected), traceback:
<...>
ValueError: <_>
<...>

shutting down the test echo server. (restart it if you want to run this again)
]],
    },
  },
}
