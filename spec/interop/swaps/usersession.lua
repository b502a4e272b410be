local SESSION = "[SessionboundDatabase] new instance and connection for user: user123\n"

local function access(value)
  return ("DB: user user123 stores: number = %d\nDB: user user123 retrieve: number\n"):format(value)
end

return {
  {
    {
      "server",
      shows = [[
<~>Object <class '__main__.SingletonDatabase'>:
<~>    uri = PYRO:obj_<_>@localhost:<_>
<~>    name = example.usersession.singletondb
<~>Object <class '__main__.SessionboundDatabase'>:
<~>    uri = PYRO:obj_<_>@localhost:<_>
<~>    name = example.usersession.sessiondb
Pyro daemon running.
<ready>
]] .. SESSION .. access(42) .. SESSION .. access(43) .. "[SingletonDatabase] new instance and connection\n"
        .. access(42) .. access(43) .. "<...>\n",
    },
    {
      "client",
      typed = "\n\n",
      shows = [[

***** Sequential access using multiple proxies on the Session-Bound Database... (no issues)

***** Sequential access using multiple proxies on the Singleton Database... (no issues)

***** Multiple concurrent proxies on the Session-Bound Database... (no issues)
enter to start: [<_>] num=<_>
[<_>] num=<_>
[<_>] num=<_>
[<_>] num=<_>
[<_>] num=<_>
[<_>] num=<_>

***** Multiple concurrent proxies on the Singleton Database... (<_>)
enter to start: <_>
<...>
]],
    },
  },
}
