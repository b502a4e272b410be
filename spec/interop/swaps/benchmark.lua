local server = {
  "server",
  shows = [[
Object <_>:
    uri = <uri>
Pyro daemon running.
<ready>
]],
}

return {
  {
    server,
    {
      "client",
      Lua = { arguments = { "50" } },
      typed = "<uri>\n",
      shows = [[
Uri of benchmark server? -------- BENCHMARK REMOTE OBJECT ---------
warmup...
call #1, <times> times... <_>
call #2, <times> times... <_>
call #3, <times> times... <_>
call #4, <times> times... <_>
call #5, <times> times... <_>
call #6, <times> times... <_>
call #7, <times> times... <_>
call #8, <times> times... <_>
call #9, <times> times... <_>
call #10, <times> times... <_>
call #11, <times> times... <_>
call #12, <times> times... <_>
total time <_> seconds
total method calls: <_>
avg. time per method call: <_> msec (<_>/sec) (serializer: marshal)
]],
    },
  },
  {
    name = "connections",
    server,
    {
      "connections",
      Lua = { arguments = { "100" } },
      typed = "<uri>\n",
      shows = [[
Uri of benchmark server? Timing raw connect speed (no method call)...
0
<...>
<connections> connections in <_> sec = <_> conn/sec
Timing proxy creation+connect+methodcall speed...
0
<...>
<connections> new proxy calls in <_> sec = <_> calls/sec
<Lua|Pyro5>Timing oneway proxy methodcall speed...
<Pyro4>Timing proxy methodcall speed...
0
<...>
<_> calls in <_> sec = <_> calls/sec
Serializer used: <_>
]],
    },
  },
}
