local pyro = require "pyro"

local echo = pyro.Proxy "PYRONAME:test.echoserver"

-- What is sent comes back, of any type that can travel.
for _, value in ipairs {
  "text", 42, -1.5, true, { "a", "list" }, { name = "Ann", age = 5 }, pyro.tuple { 1, 2 },
  pyro.set { 3 }, pyro.null,
} do
  print(pyro.repr(echo:echo(value)))
end
print(pcall(echo.error, echo))
echo:shutdown()
