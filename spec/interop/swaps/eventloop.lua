local products = ""
for i = 1, 19 do
  products = products .. ("2*i=%d\n'@'*i=%s\n"):format(2 * i, ("@"):rep(i))
end

return {
  {
    only = "Pyro5", -- Pyro4's looks for another name
    {
      "server",
      language = "Lua", -- Pyro's start a name server of their own, on this machine's address
      shows = [[
Initializing services...
server uri=PYRO:obj_<_>@localhost:<_>

<_> Waiting for requests...
<ready>
<...>
]],
    },
    {
      "client",
      typed = "\n",
      shows = "5*11=55\n'x'*10=xxxxxxxxxx\npress enter to do a loop of some more calls:" .. products,
    },
  },
}
