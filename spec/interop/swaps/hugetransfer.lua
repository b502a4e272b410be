local peers = require "spec.support.peers"
local uv = require "luv"

--- Returns whether this machine has an address that others reach.
local function is_connected()
  for _, addresses in pairs(uv.interface_addresses()) do
    if not addresses[1].internal then
      return true
    end
  end
  return false
end

local function transferred(kind)
  return "\n\n----test with " .. kind .. " data----\n" .. ("transferring 5242880 bytes\n"):rep(10)
    .. "It took <_> seconds to transfer 50 mb.\nThat is <_> mb/sec. (serializer: <_>)\n"
end

return {
  {
    env = { PYRO_SERIALIZER = "msgpack" }, -- serpent is slow
    Pyro4 = { env = peers.MSGPACK },
    {
      "server",
      language = not is_connected() and "Lua" or nil, -- Pyro's asks for such an address, and fails without one
      shows = [[
Object <class '__main__.Testclass'>:
    uri = <uri>
Pyro daemon running.
<ready>
]] .. ("received 5242880 bytes\n"):rep(20) .. "<...>\n" .. [[
client requests a 'streaming' download of 52428800 bytes
  using chunks of size 200000
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = "Enter the server's uri that was printed:\n" .. transferred "string" .. transferred "byte" .. "<...>\n"
        .. "\n\n----test download via iterator----\n" .. ("."):rep(263) .. "<_>\n<...>\nThat is <_>\n\n\n"
        .. " <_>(tip: also see the 'filetransfer' example for more efficient ways to transfer large <_> data)\n",
    },
  },
}
