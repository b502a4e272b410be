--- The name server's limits: what a request may cost, and what it may leave behind.
local naming = require "pyro.naming"
local pyro = require "pyro"

local URI = "PYRO:object@localhost:1"

--- A list of different tags.
local function tags(count)
  local list = {}
  for i = 1, count do
    list[i] = ("tag%d"):format(i)
  end
  return list
end

describe("a name server", function()
  local server, ns

  before_each(function()
    server = naming.startNS { host = "127.0.0.1", port = 0 }
    ns = pyro.locateNS("127.0.0.1", server:uriFor("Pyro.NameServer").port)
  end)

  after_each(function()
    ns:_pyroRelease()
    server:close()
    pyro.config.reset(false)
  end)

  local function refused(class, pattern, method, ...)
    local ok, err = pcall(ns[method], ns, ...)
    assert.is_false(ok)
    assert.are.equal(class, err.class)
    assert.matches(pattern, err.message)
  end

  --- Registers names that make regular expressions slow.
  local function register_slow(count)
    local batch = pyro.batch(ns.proxy)
    for i = 1, count do
      batch:register(("aaaaaaaaaaaaaa%05d!"):format(i), URI)
    end
    batch()
  end

  it("keeps a thousand tags of a name, each once", function()
    local many = tags(1000)
    table.move(many, 1, 500, 501)
    ns:register("many", URI, { metadata = many })
    assert.are.equal(500, #ns:lookup("many", { return_metadata = true })[2])
    ns:set_metadata("many", tags(1000))
    assert.are.equal(1000, #ns:lookup("many", { return_metadata = true })[2])
    ns:register("few", URI, { metadata = { "tag7", "other" } })
    assert.are.same({ few = URI, many = URI },
      setmetatable(ns:list { metadata_any = { "nothing", "tag7" } }, nil))
    assert.are.same({ many = URI }, setmetatable(ns:list { metadata_all = tags(1000) }, nil))
    assert.are.same({ few = URI },
      setmetatable(ns:list { metadata_all = { "other", "tag7", "other" } }, nil))
  end)

  it("refuses more tags", function()
    local many = tags(1001)
    refused("ValueError", "metadata may not have more than 1000 tags", "register", "many", URI,
      { metadata = many })
    refused("NamingError", "unknown name: many", "lookup", "many")
    ns:register("many", URI)
    refused("ValueError", "more than 1000 tags", "set_metadata", "many", tags(100000))
    refused("ValueError", "metadata_all may not have", "list", { metadata_all = many })
    refused("ValueError", "metadata_any may not have", "list", { metadata_any = many })
    refused("ValueError", "may not have more", "yplookup", many)
    refused("ValueError", "may not have more", "yplookup", nil, many)
  end)

  it("takes URIs of tags as objects", function()
    for _, serializer in ipairs { "serpent", "json", "marshal", "msgpack", "pickle" } do
      ns._pyroSerializer = serializer
      ns:register("tagged", pyro.URI "PYROMETA:x,y@localhost:1")
      assert.are.equal("PYROMETA:x,y@localhost:1", tostring(ns:lookup "tagged"))
    end
  end)

  it("refuses long texts", function()
    local long = ("x"):rep(1001)
    refused("ValueError", "name may not be longer than 1000 bytes", "register", long, URI)
    refused("ValueError", "uri may not be longer", "register", "name", "PYRO:" .. long .. "@localhost:1")
    refused("ValueError", "uri may not be longer", "register", "name",
      pyro.URI("PYRO:" .. long .. "@localhost:1"))
    refused("ValueError", "tags may not be longer", "register", "name", URI, { metadata = { long } })
    refused("ValueError", "name may not be longer", "lookup", long)
    refused("ValueError", "prefix may not be longer", "list", { prefix = long })
    ns:register(long:sub(2), URI)
    assert.are.equal(2, ns:count())
  end)

  it("is full at NS_MAX_MEMORY, and has room again", function()
    pyro.config.NS_MAX_MEMORY = 20000
    local small = naming.startNS { host = "127.0.0.1", port = 0 }
    local full <close> = pyro.locateNS("127.0.0.1", small:uriFor("Pyro.NameServer").port)
    local count, ok, err = 0, true, nil
    while ok do
      ok, err = pcall(full.register, full, "name" .. count, URI)
      count = ok and count + 1 or count
      assert(count < 1000)
    end
    assert.are.equal("NamingError: the name server is full (NS_MAX_MEMORY: 20000 bytes)", tostring(err))
    assert(count > 20)
    full:register("name0", URI) -- takes the place of the former one
    assert.is_false(pcall(full.set_metadata, full, "name0", { ("x"):rep(1000) }))
    assert.are.equal(URI, tostring(full:lookup "name0"))
    for round = 1, 3 do
      assert.are.equal(count, full:remove { prefix = "name" })
      for i = 1, count do
        full:register(("name%d"):format(i), URI)
      end
      assert.are.equal(count + 1, full:count(), round)
    end
    small:close()
  end)

  it("gives up a search that takes long, and one that it is one of many", function()
    register_slow(2000)
    for _, method in ipairs { "list", "remove" } do
      refused("NamingError", "takes too long", method, { regex = "(a|a)*$" })
    end
    assert.are.equal(2001, ns:count())
    assert.are.equal(2000, ns:remove { regex = "a+\\d+!$" })
  end)

  it("has one budget for all searches of a batch", function()
    register_slow(2000)
    local batch = pyro.batch(ns.proxy)
    for _ = 1, 1000 do
      batch:list()
    end
    local results, count = batch(), 0
    local ok, err
    repeat
      ok, err = pcall(results)
      count = count + 1
    until not ok
    assert.matches("^NamingError: the searches of a batch take too long", tostring(err))
    assert(count > 1 and count < 1000)
    batch = pyro.batch(ns.proxy) -- what finds nothing costs about as much as it is long
    for _ = 1, 5000 do
      batch:list(pyro.kwargs { prefix = "x" })
    end
    count = 0
    for found in batch() do
      assert.is_nil(next(found))
      count = count + 1
    end
    assert.are.equal(5000, count)
  end)

  it("serves others between the requests that a client sent at once", function()
    register_slow(2000)
    local other <close> = pyro.locateNS("127.0.0.1", tostring(server:uriFor("Pyro.NameServer").port))
    local proxy = pyro.async(ns.proxy)
    local futures, ready = {}, 0
    other:ping()
    for i = 1, 12 do
      futures[i] = proxy:list(pyro.kwargs { regex = "(a|a)*$" })
    end
    other:ping()
    for _, future in ipairs(futures) do
      ready = ready + (future.ready and 1 or 0)
    end
    for _, future in ipairs(futures) do
      assert.is_true(future:wait(20))
    end
    assert(ready < 6, ready)
  end)
end)
