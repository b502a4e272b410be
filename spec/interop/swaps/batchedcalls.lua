return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.Thingy'>:
    uri = <uri>
Pyro daemon running.
<ready>
beginning normal calls
end of normal calls
beginning batch #1
end of batch #1
beginning batch #2
<...>
end of batch #2
<...>
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
enter server object uri: Normal remote calls...
that took <_> seconds (<_> calls/sec)

Batched remote calls...
processing the results...
total time taken <_> seconds (<_> calls/sec)
batched calls were <_> times faster than normal remote calls

Oneway batched remote calls...
executing batch, there will be no result values. Check server to see printed messages...
total time taken <_> seconds (<_> calls/sec)
oneway batched calls were <_> times faster than normal remote calls
<Pyro4>
<Pyro4>Batched remote calls, asynchronous...
<Pyro4>executing the batch... (should return immediately because async)
<Pyro4>processing the results...(should wait until async results become available)
<Pyro4>results= [0, 42, 30, 2, 0]

Batch with an error. Dividing a number by decreasing divisors...
getting results...
<Pyro4><...>
<Lua|Pyro5>100//3 = 33
<Lua|Pyro5>100//2 = 50
<Lua|Pyro5>100//1 = 100
A divide by zero error occurred during the batch! (expected)
<...>
ZeroDivisionError: integer division or modulo by zero
<...>
]],
    },
  },
}
