local AWAIT_WORKER = [[
while not next(pyro.locateNS():yplookup { "example3.worker.factorizer" }) do
  pyro.sleep(0.02)
end]]

return {
  {
    {
      "worker",
      shows = [[
Starting up worker Worker_<_>@<_>
<ready>
factorize request received for <number>
    --> <factors>
<...>
]],
    },
    { "names", language = "Lua", command = { "-e", AWAIT_WORKER }, shows = "" },
    {
      "client",
      Lua = { arguments = { "10" } },
      shows = "obj_<id> factorized <number>: <factors>\nobj_<id> factorized <_>: [<_>]\n<...>\n",
    },
  },
}
