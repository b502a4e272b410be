local typed = "television\ncouch\nbricks\nbike\n"
local MOVED = "Janet stored the television.\nJanet took the couch.\nHenry stored the bricks.\nHenry took the bike.\n"
local VISITED = [[
This is Janet.
The warehouse contains: ['chair', 'bike', 'flashlight', 'laptop', 'couch']
Type a thing you want to store (or empty): The warehouse contains: ['chair', 'bike', <_>, 'television']
Type something you want to take (or empty): Thank you, come again!
This is Henry.
The warehouse contains: ['chair', 'bike', 'flashlight', 'laptop', 'television']
Type a thing you want to store (or empty): The warehouse contains: ['chair', 'bike', <_>, 'bricks']
Type something you want to take (or empty): Thank you, come again!
]]

return {
  {
    name = "phase 2",
    folder = "warehouse/phase2",
    {
      "warehouse",
      shows = [[
Object <<_>__main__.Warehouse<_>>:
    uri = <uri>
Pyro daemon running.
<ready>
]] .. MOVED,
    },
    { "visit", typed = "<uri>\n" .. typed, shows = "Enter the uri of the warehouse: " .. VISITED },
  },
  {
    name = "phase 3",
    folder = "warehouse/phase3",
    {
      "warehouse",
      shows = [[
Object <<_>__main__.Warehouse<_>>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.warehouse
Pyro daemon running.
<ready>
]] .. MOVED,
    },
    { "visit", typed = typed, shows = VISITED },
  },
}
