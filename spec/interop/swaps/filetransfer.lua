local peers = require "spec.support.peers"

--- A way of transfer, twice at the same time.
local function transferred(title, line, times)
  local both = ("<~>thread <_> " .. line .. "...\n"):rep(2 * times) .. ("<~>thread <_> done, <_> Mb/sec.\n"):rep(2)
  return "\n\n**** " .. title .. " ****\n\n" .. both .. "enter to continue:"
end

return {
  {
    env = { PYRO_SERIALIZER = "msgpack" }, -- serpent takes minutes
    Pyro4 = { env = peers.MSGPACK },
    {
      "server",
      shows = [[
<Pyro4|Pyro5>Blob socket available on: <_>
Filetransfer server URI: <uri>
<ready>
]] .. ("sending 10485760 bytes\n"):rep(20)
        .. ("sending 10485760 bytes via iterator, chunks of 104857 bytes\n"):rep(20)
        .. ("transmitting file via annotations stream (55000000 bytes<_>)...\n"):rep(2) .. "<...>\n",
    },
    {
      "client",
      typed = "<uri>\n\n\n",
      -- Then Pyro's read from sockets of their own, which Lua has not.
      shows = "Uri of filetransfer server? "
        .. transferred("regular pyro calls", "getting a blob using regular Pyro call", 10)
        .. transferred("transfer via iterators", "getting a blob using remote iterators", 10)
        .. transferred("transfer via annotation stream", "downloading via annotation stream", 1)
        .. "<ready>",
    },
  },
}
