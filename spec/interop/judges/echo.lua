--- Reads what the suites serialize, and writes it anew.
local pyro = require "pyro"

-- Types that Python has classes for.
for _, name in ipairs { "CUSTOM-Mythingymabob", "support.MyThingPartlyExposed", "support.MyThingFullExposed",
  "testsupport.MyThingPartlyExposed", "testsupport.MyThingFullExposed", "pprint.PrettyPrinter",
  "collections.OrderedDict" } do
  pyro.registerClass(name, {})
end

local echo = {}

function echo:echo(value)
  return value
end

--- Calls an object's method, at a port of this machine, with `count` arguments; named ones, if any, follow.
function echo:relay(protocol, serializer, port, object, method, count, ...)
  local proxy <close> = pyro.Proxy(("PYRO:%s@localhost:%d"):format(object, port),
    { protocol = protocol, serializer = serializer })
  local arguments = table.pack(...)
  if arguments.n > count then
    arguments[arguments.n] = pyro.kwargs(arguments[arguments.n])
  end
  proxy[method](proxy, table.unpack(arguments, 1, arguments.n))
end

pyro.config.METADATA = false -- any method is there
local daemon = pyro.Daemon {}
local uri = daemon:register(echo, "echo")
pyro.spawn(print, uri)
daemon:requestLoop()
