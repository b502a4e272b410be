local GOT = [[

Got Message: hi there <_> new method of annotation access in client
<Pyro5>  thread:  <_>
<Pyro5>  obj.pyroid:  example.context
<Pyro5>  obj.daemon:  <_>
  context.client:  <_>
  context.client_sock_addr:  <_>
  context.seq:  <_>
  context.msg_flags:  <_>
  context.serializer_id:  <_>
  context.correlation_id: <correlation>
]]

return {
  {
    only = "Pyro5", -- Pyro4's signs its messages with an HMAC key, and does other things
    {
      "server",
      shows = "Server is ready. You can use the following URI to connect:\n<uri>\n<ready>\n"
        .. GOT .. "  custom annotation 'XYZZ': b'custom annotation from client (1)'\n"
        .. GOT .. "  custom annotation 'XYZZ': b'custom annotation from client (2)'\n",
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
correlation id set to: <correlation>
Enter the URI of the server object:
------- get annotations via normal proxy and the call context... -----

normal call
Annotations in response were:
   DDAA -> b'custom response annotation set by the daemon'

oneway call
Annotations in response were:
(should be an empty result because oneway!)

See the console output on the server for more results.
]],
    },
  },
}
