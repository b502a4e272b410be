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

Sending big data with <_> limit on message size...
success.

Sending big data with a limit on message size...
<Lua|Pyro4>EXCEPTION (expected): <_>max message size exceeded<_>
]],
    },
  },
}
