--- Lines of all workers, in any order.
local function of_workers(...)
  local lines = ""
  for number = 1, 5 do
    for _, line in ipairs { ... } do
      lines = lines .. "<~>" .. line:format(number) .. "\n"
    end
  end
  return lines
end

return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.CallbackServer'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.callback
Pyro daemon running.
<ready>
]] .. of_workers("server: adding worker %d", "Worker %d created", "Worker %d busy...",
        "Worker %d done. Informing callback client."),
    },
    {
      "client",
      shows = "creating a bunch of workers\n<~>waiting for all work complete...\n"
        .. of_workers "callback: worker %d reports work is done!" .. "done!\n",
    },
  },
  {
    name = "errors",
    {
      "server2",
      shows = [[
Object <class '__main__.CallbackServer'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.callback2
Pyro daemon running.
<ready>


server: doing callback 1 to client
got an exception from the callback:
<...>
ZeroDivisionError: integer division or modulo by zero
<...>


server: doing callback 2 to client
got an exception from the callback:
<...>
ZeroDivisionError: integer division or modulo by zero
<...>
server: callbacks done.

]],
    },
    {
      "client2",
      shows = [[
<~>waiting for callbacks to arrive...
<~>(ctrl-c/break the program once it's done)
<~>
<~>
<~>callback 1 received from server!
<~>going to crash - you won't see the exception here, only on the server
<ready>


callback 2 received from server!
<Lua|Pyro5>going to crash - but you will see the exception printed here too:
<Pyro4>going to crash - but you will see the exception here too
]],
    },
  },
}
