--- Either side's nsc with either side's name server: what it prints is what Python's prints with
--- Python's.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

--- One visit to a name server: commands in order, with what is typed.
local COMMANDS = {
  { "ping" },
  { "list" },
  { "register", "one.first", "PYRO:one@localhost:1111" },
  { "register", "one.second", "PYRO:two@localhost:2222" },
  { "register", "two.first", "PYRO:three@./u:/tmp/socket" },
  { "register", "one.first", "PYRO:one@localhost:1111" }, -- safe: it is there already
  { "register", "bad", "not a uri" },
  { "register", "", "PYRO:one@localhost:1111" },
  { "register", "ünï çödé", "PYRO:one@localhost:1111" },
  { "list" },
  { "list", "one." },
  { "list", "nothing" },
  { "listmatching", ".*first" },
  { "listmatching", "one" }, -- matches at the start, as re.match does
  { "listmatching", "first" },
  { "listmatching", "(unclosed" },
  { "listmatching", "[\\w]+\\.(?P<name>first)$" },
  { "lookup", "one.first" },
  { "lookup", "unknown" },
  { "setmeta", "one.first", "fruit" },
  { "setmeta", "one.second", "fruit" },
  { "setmeta", "two.first", "meat" },
  { "setmeta", "unknown", "fruit" },
  { "lookup", "one.first" },
  { "list" },
  { "listmeta_all", "fruit" },
  { "listmeta_all", "fruit", "meat" },
  { "listmeta_any", "fruit", "meat" },
  { "listmeta_any", "vegetable" },
  { "setmeta", "one.first" },
  { "list", "one" },
  { "remove", "one.first" },
  { "remove", "one.first" },
  { "remove", "Pyro.NameServer" },
  { "removematching", "one.*", input = "n\n" },
  { "removematching", "one.*", input = "y\n" },
  { "removematching", "(", input = "y\n" },
  { "removematching", ".*", input = "Y\n" },
  { "list" },
  { "-v", "list" },
}

--- Where a name server is, and how it words what is wrong with a text, is its own; what `list -v` says
--- of leases is ours.
local function plain(text)
  return (text:gsub("    registered %d+ s ago\n", ""):gsub("localhost:%d+", "localhost:PORT"):gsub(" at 0x%x+", "")
    :gsub("(invalid regex: )[^\n]*", "%1…"):gsub("(invalid uri)[^\n]*", "%1"))
end

--- Returns what removematching prints once it was answered: ours shows before what would go,
--- and so does not ask where the pattern is wrong.
local function unasked(words, text)
  return words[1] == "removematching" and text:gsub("^.*%(y/n%)%?", "") or text
end

local function session(nsc, names, settings)
  local server, env = peers.name_server(names, settings)
  for name, value in pairs(settings or {}) do
    env[name] = value
  end
  local transcript = {}
  for i, words in ipairs(COMMANDS) do
    transcript[i] = ("$ nsc %s\n%s"):format(table.concat(words, " "),
      plain(unasked(words, peers.nsc(nsc, env, words, words.input).output)))
  end
  server:kill "sigterm"
  return table.concat(transcript, "\n")
end

--- Calls that a Lua program makes with a name server.
local CLIENT = [[
  local uri, port = ...
  local pyro = require "pyro"
  local ns = pyro.locateNS()
  ns:register("a.b", uri, { metadata = { "x", "y" } })
  ns:register("a.c", uri, pyro.kwargs { safe = true, metadata = pyro.set { "y" } })
  print(ns:count(), tostring(ns:lookup "a.b") == uri, pyro.locateNS(""):count())
  print(pyro.repr(ns:list { metadata_all = { "x", "y" } }))
  local found = ns:list(pyro.kwargs { prefix = "a.", return_metadata = true })
  print(found["a.c"][1] == uri, table.concat(found["a.c"][2], ","), #found["a.b"][2])
  local names = {}
  for name in pairs(ns:list()) do names[#names + 1] = name end
  table.sort(names)
  print(table.concat(names, " "))
  for _, name in ipairs { "PYROMETA:x,y", "PYROMETA:y@localhost:" .. port, "PYRONAME:a.c@localhost:" .. port,
    "pyroname:a.b" } do
    print(pyro.Proxy(name):echo(name))
  end
  print(pcall(function() pyro.Proxy "PYROMETA:zzz":echo(1) end))
  print(#ns:yplookup { "x", "y" }["a.b"][2], ns:yplookup(nil, { "x" })["a.b"][1] == uri)
  print(pyro.repr(ns:yplookup { meta_all = { "x" }, return_metadata = false }))
  print(pyro.repr(ns:yplookup()), pyro.repr(ns:yplookup({}, {})), pyro.repr(ns:yplookup { "zzz" }))
  print(pcall(ns.list, ns, { prefix = "a", regex = "b" }))
  print(pcall(ns.register, ns, "a.c", uri, true))
  print(pcall(ns.lookup, ns, "zzz"))
  ns:set_metadata("a.b", { "new" })
  print(table.concat(ns:lookup("a.b", { return_metadata = true })[2], ","))
  print(ns:remove { prefix = "a." }, ns:remove "zzz", ns:remove "Pyro.NameServer", ns:count(), ns:ping())
]]

local EXPECTED = [[
3	true	3
{'a.b': 'URI'}
true	y	2
Pyro.NameServer a.b a.c
PYROMETA:x,y
PYROMETA:y@localhost:PORT
PYRONAME:a.c@localhost:PORT
pyroname:a.b
false	NamingError: no registrations available with desired metadata properties zzz
2	true
{'a.b': 'URI'}
{}	{}	{}
false	ValueError: you can only filter on one thing at a time
false	NamingError: name already registered: a.c
false	NamingError: unknown name: zzz
new
2	0	0	1	nil
]]

local ECHO = [[
  local daemon = pyro.Daemon {}
  pyro.spawn(print, daemon:register({ echo = function(_, value) return value end }, "echo"))
  daemon:requestLoop()]]

--- Variable that leaves nothing but pickle: of those who accept it, which Lua's programs find out, and Pyro4's have
--- to be told.
local PICKLE = { PYRO_SERIALIZERS_ACCEPTED = "pickle" }

--- Name servers of all kinds: stock ones speak serpent, as it comes.
local SERVERS = { "Lua", table.unpack(peers.generations()) }

describe("a name server's methods", function()
  after_each(process.stop_all)

  for _, names in ipairs(SERVERS) do
    local function check(settings)
      local _, env = peers.name_server(names, settings)
      local uri = peers.start("Lua", { "-e", ECHO, env = settings }):expect "(PYRO:echo@%S+)"
      local client = peers.run("Lua", { process.file("client.lua", CLIENT), uri, env.PYRO_NS_PORT, env = env })
      local output = client.output:gsub("'" .. uri .. "'", "'URI'"):gsub("localhost:%d+", "localhost:PORT")
      assert.are.equal(EXPECTED, output)
    end

    it("from Lua, of one in " .. names .. tags({ 1, 4 }, "Lua", names), function()
      check()
    end)

    if names ~= "Pyro5" then
      it("from Lua, of one that takes only pickle in " .. names .. tags({ 37 }, "Lua", names), function()
        check(PICKLE)
      end)
    end
  end
end)

local BATCH = [[
  local pyro = require "pyro"
  local names = pyro.locateNS()
  local batch = pyro.batch(names)
  for i = 1, 250 do
    batch:register("name." .. i, "PYRO:object@localhost:" .. i, true)
  end
  batch:count()
  batch:register("name.1", "PYRO:other@localhost:1", true)
  batch:remove("name.2")
  local count, last = 0, nil
  local ok, err = pcall(function()
    for result in batch() do
      count, last = count + 1, result
    end
  end)
  print(count, last, ok, err.class, err.message, names:count())]]

describe("a batch of names", function()
  after_each(process.stop_all)

  for _, server in ipairs(SERVERS) do
    it("is registered from Lua, in " .. server .. tags({ 4, 15 }, "Lua", server), function()
      local _, env = peers.name_server(server)
      local client = peers.run("Lua", { process.file("batch.lua", BATCH), env = env })
      assert.are.equal("251\t251\tfalse\tNamingError\tname already registered: name.1\t251\n", client.output)
    end)
  end

  it("is registered from Pyro4, in Lua" .. tags({ 4, 15 }, "Pyro4", "Lua"), function()
    local _, env = peers.name_server "Lua"
    local client = peers.run("Pyro4", { "spec/interop/python/name_batch.py", env.PYRO_NS_PORT })
    assert.are.equal("all well\n", client.output)
  end)
end)

describe("a name that is not there", function()
  after_each(process.stop_all)

  local CALL = [[local pyro = require "pyro"; print "waiting"; print(pyro.Proxy((...)):echo "there")]]

  for _, names in ipairs(SERVERS) do
    it("may take NS_LOOKUP_DELAY to appear, with one in " .. names, function()
      local _, env = peers.name_server(names)
      local uri = peers.start("Lua", { "-e", ECHO }):expect "(PYRO:echo@%S+)"
      local patient = { PYRO_NS_LOOKUP_DELAY = "15", PYRO_NS_PORT = env.PYRO_NS_PORT }
      local script = process.file("call.lua", CALL)
      local by_name = peers.start("Lua", { script, "PYRONAME:late", env = patient })
      local by_tag = peers.start("Lua", { script, "PYROMETA:tardy", env = patient })
      by_name:expect "waiting"
      by_tag:expect "waiting"
      process.sleep(0.5)
      assert.are.equal("waiting\nwaiting\n", by_name.output .. by_tag.output)
      peers.nsc("Lua", env, { "register", "late", uri })
      peers.nsc("Lua", env, { "setmeta", "late", "tardy" })
      by_name:expect "there\n"
      by_tag:expect "there\n"
    end)
  end

  it("fails when the time is over", function()
    local _, env = peers.name_server "Lua"
    env.PYRO_NS_LOOKUP_DELAY = "0.3"
    local call = peers.run("Lua", { process.file("call.lua", CALL), "PYRONAME:never", env = env })
    assert.are.equal(1, call.code)
    assert.matches("NamingError: unknown name: never\n", call.err)
  end)
end)

describe("nsc and the name server", function()
  after_each(process.stop_all)

  local reference

  before_each(function()
    reference = reference or session("Pyro4", "Pyro4")
  end)

  it("nsc takes Pyro5's words too", function()
    for _, names in ipairs(SERVERS) do
      local _, env = peers.name_server(names)
      peers.nsc("Lua", env, { "register", "one", "PYRO:one@localhost:1111" })
      peers.nsc("Lua", env, { "setmeta", "one", "fruit" })
      for _, filter in ipairs { "all", "any" } do
        local fruit = filter == "all" and { "fruit" } or { "fruit", "meat" }
        local list = peers.nsc("Lua", env, { "listmeta_" .. filter, table.unpack(fruit) })
        assert.matches("\none %-%-> PYRO:one@localhost:1111\n    metadata: [%[{]'fruit'[%]}]\n", list.out)
        assert.are.equal(list.out, peers.nsc("Lua", env, { "yplookup_" .. filter, table.unpack(fruit) }).out)
      end
    end
  end)

  it("what one of them registers, all the others find", function()
    local _, env = peers.name_server "Lua"
    for i, nsc in ipairs(SERVERS) do
      peers.nsc(nsc, env, { "register", "of." .. nsc, "PYRO:it@localhost:" .. i })
    end
    for _, nsc in ipairs(SERVERS) do
      local list = peers.nsc(nsc, env, { "list", "of." }).out
      for i, other in ipairs(SERVERS) do
        assert.matches(("\nof.%s --> PYRO:it@localhost:%d\n"):format(other, i):gsub("%p", "%%%0"), list)
      end
    end
  end)

  it("the name server's own name cannot be taken", function()
    local _, env = peers.name_server "Lua"
    for _, nsc in ipairs(SERVERS) do
      local run = peers.nsc(nsc, env, { "register", "Pyro.NameServer", "PYRO:other@localhost:1" })
      assert.matches("Error: NamingError %- ", run.output)
    end
    local client = peers.run("Lua", { "-e", [[
      local ns = pyro.locateNS()
      local ok, err = pcall(ns.register, ns, "Pyro.NameServer", "PYRO:other@localhost:1")
      print(ok, err.class, ns:lookup "Pyro.NameServer" == ns._pyroUri)]], env = env })
    assert.are.equal("false\tNamingError\ttrue\n", client.output)
  end)

  it("the name server's own entry is found by either generation's metadata", function()
    local _, env = peers.name_server "Lua"
    for _, tag in ipairs { "class:Pyro4.naming.NameServer", "class:Pyro5.nameserver.NameServer" } do
      for _, nsc in ipairs { "Lua", "Pyro4" } do
        local list = peers.nsc(nsc, env, { "listmeta_all", tag })
        assert.matches("\nPyro%.NameServer %-%-> ", list.out)
        assert.matches("metadata: %['class:Pyro4%.naming%.NameServer'%]\n", list.out)
      end
    end
  end)

  for _, pair in ipairs { { "Lua", "Lua" }, { "Lua", "Pyro4" }, { "Pyro4", "Lua" } } do
    it(("nsc in %s, name server in %s"):format(pair[1], pair[2]) .. tags({ 4, 9 }, pair[1], pair[2]), function()
      assert.are.equal(reference, session(pair[1], pair[2]))
    end)

    local title = ("nsc in %s, name server in %s, by pickle"):format(pair[1], pair[2])
    it(title .. tags({ 37 }, pair[1], pair[2]), function()
      local serializer = pair[1] ~= "Lua" and "pickle" or nil -- ours finds out
      assert.are.equal(reference, session(pair[1], pair[2], { PYRO_SERIALIZERS_ACCEPTED = "pickle",
        PYRO_SERIALIZER = serializer }))
    end)
  end
end)
