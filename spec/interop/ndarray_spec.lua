--- Arrays between the real numpy and Lua: pickled, as msgpack-numpy packs them, as a registered class's dict, and as
--- npy data.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

--- Values that both refuse: the error's text depends on how the array came.
local REFUSED = {
  patched = { "an array of objects or records cannot travel", "an array of objects or records cannot travel" },
  registered = { "an array of objects cannot travel", "an array of records cannot travel" },
  pickled = { "an array of objects cannot travel", "an array of objects or records cannot travel" },
}

local CLIENT = [[
  local proxy, how = pyro.Proxy "URI", "HOW"
  local names = proxy:names()
  local function report(...)
    local wrong = ...
    if wrong then
      print(wrong)
    end
  end
  for _, name in ipairs(names) do
    local array = proxy:make(name)
    local shown = pyro.repr(array:totable())
    if shown ~= proxy:shown(name) then
      report(name .. ": " .. shown:sub(1, 100) .. " instead of " .. proxy:shown(name):sub(1, 100))
    end
    report(proxy:difference(name, array))
  end
  if "WAY" ~= "msgpack registered" then -- there, new ones are msgpack-numpy's
    report(proxy:difference("bool", pyro.ndarray.new(3, "bool", { true, false, true })))
    report(proxy:difference("big endian", pyro.ndarray.new({ 2, 2 }, ">u2", { { 1, 2 }, { 65535, 256 } })))
    report(proxy:difference("fortran", pyro.ndarray.new({ 2, 3, 4 }, "<i4", proxy:make "cube":totable())))
  end
  local all = proxy:make_all()
  for i, name in ipairs(names) do
    report(proxy:difference(name, all[1][i]))
  end
  report(proxy:difference("cube", all[2].a.b))
  if how ~= "registered" then
    print(pyro.repr(proxy:numbers()))
  end
  for _, method in ipairs { "objects", "records" } do
    print(select(2, pcall(proxy[method], proxy)))
  end
  print(#names)
]]

local SERVER = [[
  local daemon = pyro.Daemon {}
  local uri = daemon:register({
    echo = function(_, value)
      return value
    end,
    sum = function(_, array, factor)
      local sum = 0
      for _, plane in ipairs(array:totable()) do
        for _, row in ipairs(plane) do
          for _, item in ipairs(row) do
            sum = sum + item
          end
        end
      end
      return sum * factor:get(1)
    end,
  }, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

--- Arrays as npy data; both sides have a program for base64.
local NPY = [[
  local proxy = pyro.Proxy "URI"
  local function filter(command, data)
    local name = os.tmpname()
    local file <close> = assert(io.open(name, "wb"))
    file:write(data):close()
    local pipe = io.popen(command .. " " .. name)
    local result = pipe:read "a"
    pipe:close()
    os.remove(name)
    return result
  end
  for _, name in ipairs(proxy:names()) do
    local array = pyro.ndarray.load(filter("base64 -d", proxy:npy(name)))
    if pyro.repr(array:totable()) ~= proxy:shown(name) then
      print(name, array)
    end
    local wrong = proxy:npy_difference(name, filter("base64 -w 0", array:npy()))
    if wrong then
      print(wrong)
    end
  end
  print "all"
]]

local NUMBERS = "[1.5, -3, 18446744073709551615, True, (1-2j), 0.1, 0.5, (3+4j), (-0-0.5j)]"

--- Serializer, and how arrays travel in it.
local WAYS = {
  { "msgpack", "patched" }, { "msgpack", "registered" }, { "serpent", "registered" }, { "json", "registered" },
  { "pickle", "pickled", protocol = "5" }, { "pickle", "pickled", protocol = "2" }, -- Pyro5 has none
  { "cloudpickle", "pickled" }, { "dill", "pickled" },
}

local function settings(generation, way)
  return { PYRO_SERIALIZER = way[1], PYRO_SERIALIZERS_ACCEPTED = generation == "Pyro4" and way[1] or nil,
    PYRO_PICKLE_PROTOCOL_VERSION = way.protocol }
end

--- Only Pyro4 is always there.
local function tag(generation, column)
  return generation == "Pyro4" and " #r38:" .. column or ""
end

local function port(server)
  return "PYRO:target@localhost:" .. server:expect "PORT%s+(%d+)"
end

describe("numpy's arrays", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    for _, way in ipairs(WAYS) do
      local serializer, how = table.unpack(way)
      local name = ("of %s, %s, by %s%s, "):format(generation, how, serializer, way.protocol or "")
      local env = settings(generation, way)
      local when = (generation == "Pyro4" or how ~= "pickled") and it or function() end

      when(name .. "come from a server, and go back" .. tag(generation, "L4"), function()
        local server = peers.start(generation, { "spec/interop/python/arrays.py", generation, how, env = env })
        local code = CLIENT:gsub("%u%u%u+", { WAY = serializer .. " " .. how, HOW = how, URI = port(server) })
        local client = peers.run("Lua", { "-e", code, env = env })
        local lines = { how ~= "registered" and NUMBERS or nil }
        for _, message in ipairs(REFUSED[how]) do
          table.insert(lines, "SerializeError: " .. message)
        end
        table.insert(lines, how == "patched" and "19\n" or "20\n")
        assert.are.equal(table.concat(lines, "\n"), (client.output:gsub("pickle, byte %d+: ", "")))
      end)

      when(name .. "come from a client, and go back" .. tag(generation, "4L"), function()
        local server = peers.start("Lua", { "-e", SERVER, env = { PYRO_PICKLE_PROTOCOL_VERSION = way.protocol } })
        local client = peers.run(generation, { "spec/interop/python/arrays.py", generation, how, port(server),
          env = env })
        local lines = {}
        for _, message in ipairs(REFUSED[how]) do
          table.insert(lines, "SerializeError " .. message)
        end
        table.insert(lines, how == "patched" and "552 19\n" or "552 20\n")
        assert.are.equal(table.concat(lines, "\n"), (client.output:gsub("pickle, byte %d+: ", "")))
      end)
    end
  end

  --- Python's marshal takes arrays for bytes, and asks no registered class.
  it("come to Python by marshal, too", function()
    local server = peers.start("Pyro4", { "spec/interop/python/arrays.py", "Pyro4", "registered" })
    local client = peers.run("Lua", { "-e", ([[
      local proxy = pyro.Proxy "%s"
      proxy._pyroSerializer = "marshal"
      print(proxy:difference("big endian", pyro.ndarray.new({ 2, 2 }, ">u2", { { 1, 2 }, { 65535, 256 } })))
    ]]):format(port(server)) })
    assert.are.equal("nil\n", client.output)
  end)

  it("are npy data", function()
    local server = peers.start("Pyro4", { "spec/interop/python/arrays.py", "Pyro4", "plain" })
    local client = peers.run("Lua", { "-e", (NPY:gsub("URI", port(server))) })
    assert.are.equal("all\n", client.output)
  end)
end)
