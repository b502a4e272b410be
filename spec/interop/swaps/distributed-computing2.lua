-- Pyro4's names begin with "example.dc.": here all have either name.
local EITHER_NAME = [[
local ns, names = pyro.locateNS(), {}
repeat
  pyro.sleep(0.02)
  names = ns:list { regex = "example.dc2?." }
until names["example.dc.dispatcher"] or names["example.dc2.dispatcher"]
for name, uri in pairs(names) do
  ns:register(name:gsub("%.dc2?%.", ".dc."), uri)
  ns:register(name:gsub("%.dc2?%.", ".dc2."), uri)
end]]

return {
  {
    {
      "servers",
      shows = "Spinning up 5 word<_>counters, and 1 dispatcher.\n<ready>\nCollecting <_> results<_>...\n",
    },
    { "names", language = "Lua", command = { "-e", EITHER_NAME }, shows = "" },
    {
      "client",
      shows = [[
(book text consists of <_> lines total)
(artificial delays are used to dramatize the differences in execution time)

Counting the words using a single counter...
Top five words:
<Lua>  alice (108)
<Lua>  said (68)
<Lua>  little (60)
<Lua>  down (53)
<Lua>  very (47)
<Pyro4|Pyro5>  said (462)
<Pyro4|Pyro5>  alice (403)
<Pyro4|Pyro5>  very (145)
<Pyro4|Pyro5>  little (128)
<Pyro4|Pyro5>  <_> (102)
Time taken: <_> sec.

Counting words using multiple parallel counters...
Top five words:
<Lua>  alice (108)
<Lua>  said (68)
<Lua>  little (60)
<Lua>  down (53)
<Lua>  very (47)
<Pyro4|Pyro5>  said (462)
<Pyro4|Pyro5>  alice (403)
<Pyro4|Pyro5>  very (145)
<Pyro4|Pyro5>  little (128)
<Pyro4|Pyro5>  <_> (102)
Time taken: <_> sec.
]],
    },
  },
}
