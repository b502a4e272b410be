return {
  {
    {
      "server",
      shows = [[
Server ready.
<ready>
sleeping 2
<...>
done.
<...>
sleeping 3
<...>
done.
<...>
]],
    },
    {
      "client",
      -- Pyro's asserts that the delays are right to 0.2 seconds: that depends on the machine.
      Pyro4 = { command = { "-O", "client.py" } },
      Pyro5 = { command = { "-O", "client.py" } },
      shows = [[
No timeout is configured. Calling delay with 2 seconds.
Timeout set to 1 seconds. Calling delay with 2 seconds.
TimeoutError! As expected!
COMMTIMEOUT is set globally. Calling delay with 2 seconds.
TimeoutError! As expected!
No timeout is configured. Calling delay with 3 seconds.
Trying to connect to the frozen daemon.
Timeout set to 1 seconds. Trying to connect.
TimeoutError! As expected!
Disabling timeout and trying to connect again. This may take forever now.
Feel free to abort with ctrl-c or ctrl-break.
<ready>
]],
    },
  },
}
