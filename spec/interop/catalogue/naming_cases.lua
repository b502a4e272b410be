--- Calls that clients make with a name server, as ../python/catalogue_client.py does.
local checks = require "checks"
local pyro = require "pyro"

local thing, equal, fails, names = checks.thing, checks.equal, checks.fails, checks.names

local cases = {}

cases["name server"] = function(at)
  local ns <close> = thing(at, "Pyro.NameServer")
  equal(nil, ns:ping())
  equal(1, ns:count())
  equal({ "Pyro.NameServer" }, names(ns:list()))
  ns:register("a.one", "PYRO:one@localhost:1111")
  ns:register("a.two", pyro.URI "PYRO:two@localhost:2222", pyro.kwargs { metadata = { "red" } })
  ns:register("b.three", "PYRO:three@./u:/some/socket", pyro.kwargs { safe = true })
  equal(4, ns:count())
  assert(ns:lookup "a.one" == pyro.URI "PYRO:one@localhost:1111")
  local found = ns:lookup("a.two", pyro.kwargs { return_metadata = true })
  assert(found[1] == pyro.URI "PYRO:two@localhost:2222" and found[2][1] == "red")
  local listed = ns:list(pyro.kwargs { prefix = "a." })
  equal({ "a.one", "a.two" }, names(listed))
  equal("PYRO:one@localhost:1111", listed["a.one"])
  equal({ "b.three" }, names(ns:list(pyro.kwargs { regex = ".*ee$" })))
  found = ns:list(pyro.kwargs { prefix = "a.two", return_metadata = true })["a.two"]
  assert(found[1] == "PYRO:two@localhost:2222" and found[2][1] == "red")
  ns:set_metadata("a.one", { "fruit" })
  equal("fruit", ns:lookup("a.one", pyro.kwargs { return_metadata = true })[2][1])
  equal({ 1, 0, 0 }, { ns:remove "a.one", ns:remove "a.one", ns:remove "Pyro.NameServer" })
  equal({ 1, 1 }, { ns:remove(pyro.kwargs { prefix = "a." }), ns:remove(pyro.kwargs { regex = "b.*" }) })
  equal(1, ns:count())
end

cases["name server errors"] = function(at)
  local ns <close> = thing(at, "Pyro.NameServer")
  fails("NamingError", "unknown name: nobody", ns.lookup, ns, "nobody")
  fails("NamingError", "unknown name: nobody", ns.set_metadata, ns, "nobody", { "x" })
  fails("NamingError", "name already registered: Pyro.NameServer", ns.register, ns, "Pyro.NameServer",
    "PYRO:one@localhost:1111", pyro.kwargs { safe = true })
  fails("NamingError", "invalid regex", ns.list, ns, pyro.kwargs { regex = "(" })
  fails("ValueError", "you can only filter on one thing at a time", ns.list, ns,
    pyro.kwargs { prefix = "a", regex = "b" })
  fails("TypeError", "only URIs or strings can be registered", ns.register, ns, "a", 5)
  fails("TypeError", "name must be a str", ns.register, ns, 5, "PYRO:one@localhost:1111")
  fails("PyroError", "invalid", ns.register, ns, "a", "nonsense")
end

--- Two names with metadata, for searches.
local function register_fruit(ns)
  ns:register("a.one", "PYRO:one@localhost:1111", pyro.kwargs { metadata = { "fruit" } })
  ns:register("a.two", "PYRO:two@localhost:2222", pyro.kwargs { metadata = { "fruit", "red" } })
end

cases["metadata lists"] = function(at)
  local ns <close> = thing(at, "Pyro.NameServer")
  register_fruit(ns)
  equal({ "a.two" }, names(ns:list(pyro.kwargs { metadata_all = { "fruit", "red" } })))
  equal({ "a.one", "a.two" }, names(ns:list(pyro.kwargs { metadata_any = { "fruit", "red" } })))
  equal(2, ns:remove(pyro.kwargs { prefix = "a." }))
end

cases["yellow pages"] = function(at)
  local ns <close> = thing(at, "Pyro.NameServer")
  register_fruit(ns)
  ns:register("a.three", "PYRO:three@localhost:3333", pyro.kwargs { metadata = { "blue" } })
  equal({ "a.two" }, names(ns:yplookup(pyro.kwargs { meta_all = { "fruit", "red" }, return_metadata = false })))
  equal({ "a.one", "a.two" },
    names(ns:yplookup(pyro.kwargs { meta_any = { "fruit", "red" }, return_metadata = false })))
  local found = ns:yplookup({ "blue" })["a.three"]
  assert(found[1] == "PYRO:three@localhost:3333" and found[2][1] == "blue")
  fails("ValueError", "you can't use meta_all or meta_any at the same time", ns.yplookup, ns, { "a" }, { "b" })
  equal(3, ns:remove(pyro.kwargs { prefix = "a." }))
end

return cases
