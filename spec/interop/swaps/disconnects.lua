return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.TestDisconnect'>:
    uri = <uri>
Pyro daemon running.
<ready>
echo:  12345
echo:  12345
]],
    },
    {
      "client",
      typed = "<uri>\n\n",
      shows = [[
You can run this client on a different computer so you can disable the network connection <_>
Alternatively, wait for a timeout on the server, which will then close its connection.
Uri of server?   <proxy: ping>
  <proxy: ping reply (still connected)>
result = 12345

Client proxy connection is still open. Disable the network now <_> and see what the server does.
Once you see on the server that it got a timeout or a disconnect, enable the network again.
Press enter to continue:
Doing a new call on the same proxy:
  <proxy: ping>
  <proxy: ping reply (still connected)>
result = 12345
]],
    },
  },
}
