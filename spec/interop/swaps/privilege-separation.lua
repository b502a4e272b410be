local examples = require "spec.support.examples"
local uv = require "luv"

if uv.getuid() ~= 0 then
  return {} -- the servers are root
end

return {
  {
    name = "dropped",
    env = { LUA_CPATH = examples.modules "privilege-separation" },
    {
      "drop_privs_server",
      shows = [[
Server started as:
 uid/gid 0 0
 euid/egid 0 0
Privileges dropped. Server now running as nobody
 uid/gid <user> <group>
 euid/egid <user> <group>
Object <_>:
    uri = <uri>
Pyro daemon running.
<ready>
]],
    },
    {
      "drop_privs_client",
      typed = "<uri>\n",
      shows = [[
Enter the uri of the restricted server: server is running as: (<user>, <group>, 'nobody')
attempting to write a file:
ERROR (expected): [Errno 13] Permission denied
]],
    },
  },
  {
    name = "elevated",
    env = { LUA_CPATH = examples.modules "privilege-separation" },
    {
      "elevated_server",
      shows = [[
Server is running as:
 uid/gid 0 0
 euid/egid 0 0
Running as root. This is okay as we're just running the 'dmesg' command for you.
Object <_>:
    uri = <uri>
Pyro daemon running.
<ready>
]],
    },
    {
      "elevated_client",
      typed = "<uri>\n",
      -- Where root may not read it, as in some containers, its last line is another.
      shows = [[
Enter the uri of the dmesg server: Last few lines of the dmesg kernel buffer:

<...>
]],
    },
  },
}
