local function said(class, message, id, times)
  return ("[%s] %s.msg: %s\n"):format(id, class, message):rep(times or 3)
end

return {
  {
    {
      "server",
      shows = [[
<~>Object <class '__main__.SingleInstance'>:
<~>    uri = PYRO:obj_<_>@localhost:<_>
<~>    name = instance.single
<~>Object <class '__main__.SessionInstance'>:
<~>    uri = PYRO:obj_<_>@localhost:<_>
<~>    name = instance.session
<~>Object <class '__main__.PercallInstance'>:
<~>    uri = PYRO:obj_<_>@localhost:<_>
<~>    name = instance.percall
Pyro daemon running.
<ready>
<Lua|Pyro5>created PercallInstance instance with id <_>
<...>
<Lua|Pyro5>created SessionInstance instance with id <first>
]] .. said("SessionInstance", "hello1", "<first>") .. "<Lua|Pyro5>created SessionInstance instance with id <second>\n"
        .. said("SessionInstance", "hello2", "<second>")
        .. "<Lua|Pyro5>created SingleInstance instance with id <single>\n"
        .. said("SingleInstance", "hello1", "<single>") .. said("SingleInstance", "hello2", "<single>")
        .. "<...>\n",
    },
    {
      "client",
      shows = [[
Showing the different instancing modes.
The number printed, is the id of the instance that handled the call.

-----PERCALL (<_>) -----
<...>

-----SESSION (same numbers within session) -----
<_>
<_>
<_>
 ..new proxy..
<_>
<_>
<_>

-----SINGLE (<_>) -----
<one>
<one>
<one>
<one>
<one>
<one>
<...>
]],
    },
  },
}
