local PROMPTS = "Enter the URI of the server object: "
  .. "Enter the secret code of the server (or make a mistake on purpose to see what happens): connecting...\n"

local function server(verdict)
  return {
    "server",
    shows = [[
Server is ready. You can use the following URI to connect:
<uri>
When asked, enter the following secret code:  pancakes
<ready>
<~>Daemon received handshake request from: <_>
<~>Handshake data: <_>
<Lua|Pyro5><~>  context.client:  <_>
<Lua|Pyro5><~>  context.client_sock_addr:  <_>
<Lua|Pyro5><~>  context.seq:  <_>
<Lua|Pyro5><~>  context.msg_flags:  <_>
<Lua|Pyro5><~>  context.serializer_id:  <_>
<Lua|Pyro5><~>  context.correlation_id: <_>
]] .. verdict,
  }
end

return {
  {
    server "Secret code okay! Connection accepted.\nDaemon client disconnects: <_>\n",
    {
      "client",
      typed = "<uri>\npancakes\n",
      shows = PROMPTS .. [[
Proxy received handshake response data:  ['how', 'are', 'you', 'doing']
Connection ok!
done.
]],
    },
  },
  {
    name = "wrong code",
    server "Secret code wrong! Connection refused.\n<...>\n",
    { "client", typed = "<uri>\nwaffles\n", shows = PROMPTS },
  },
}
