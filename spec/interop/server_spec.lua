--- A Lua server as Pyro4's clients see it.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local server = {}

  function server:context()
    local context = pyro.current_context
    context.response_annotations = { RESP = "one\0two" }
    context.response_annotations.ECHO = context.annotations.ABCD
    return { annotations = context.annotations, correlation_id = context.correlation_id,
      seq = context.seq, msg_flags = context.msg_flags, serializer_id = context.serializer_id,
      address = context.client_sock_addr, client = context.client.address }
  end

  function server:quiet() end

  function server:correlate(id)
    pyro.current_context.correlation_id = id
  end

  function server:answer_with(key)
    pyro.current_context.response_annotations[key] = "value"
  end

  local counted = 0

  function server:add(amount)
    counted = counted + amount
    return counted
  end

  function server:wait(seconds)
    pyro.sleep(seconds)
    return "waited"
  end

  local released = pyro.event()

  function server:held()
    released:wait()
  end

  function server:release()
    released:set()
  end

  function server:named(a, b)
    return { a, b }
  end

  function server:several()
    return 1, nil, "three"
  end

  function server:fail(text)
    error(pyro.ValueError(text, 2))
  end
  pyro.callback(server, "fail")

  function server:echo(value)
    return value
  end

  function server:_private() end

  local function closing(what)
    return setmetatable({}, { __close = function()
      server.closed = what
    end })
  end

  function server:pairs()
    return pairs { a = 1 }
  end

  function server:count(n, pause)
    local i = 0
    return function()
      i = i + 1
      if pause then
        pyro.sleep(pause)
      end
      return i <= n and i or nil
    end, nil, nil, closing "iterator"
  end

  function server:yields()
    return coroutine.create(function()
      local guard <close> = closing "coroutine"
      for _, item in ipairs { 1, "two", pyro.null } do
        coroutine.yield(item)
      end
      coroutine.yield(nil)
      return "no item"
    end)
  end

  function server:breaks()
    return coroutine.create(function()
      coroutine.yield(1)
      error(pyro.KeyError "broken")
    end)
  end

  function server:what_closed()
    return self.closed
  end

  function server:configure(name, value)
    pyro.config[name] = value
  end

  local daemon = pyro.Daemon {}
  local uri = daemon:register(server, "server")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local HOOKS = [[
  local context = pyro.current_context
  local server, closed, tracked, users, messages, housekept = {}, {}, {}, {}, 0, 0
  pyro.config.POLLTIMEOUT = 0.1
  local daemon = pyro.Daemon {}

  function daemon:validateHandshake(connection, data)
    if data.user == "nobody" then
      error(pyro.ValueError "you are not welcome")
    elseif data.user == "slow" then
      pyro.sleep(0.1)
    elseif data.user == "unserializable" then
      return print
    end
    users[connection] = data.user
    return { welcome = data.user, tags = data.tags }
  end

  function daemon:clientDisconnect(connection)
    closed[#closed + 1] = users[connection] .. " disconnected"
    print(closed[#closed], connection.closed)
    if users[connection] ~= "tim" then
      error "this is printed, and does no harm"
    end
  end

  function daemon:annotations()
    messages = messages + 1
    return { MSGS = string.char(messages % 256) }
  end

  function daemon:housekeeping()
    housekept = housekept + (self == daemon and 1 or 0)
  end

  function server:quiet() end

  function server:own_annotation()
    context.response_annotations = { OWNA = "own", MSGS = "is overwritten" }
  end

  function server:fail(text)
    context.response_annotations = { OWNA = "own" }
    error(pyro.ValueError(text))
  end

  function server:track(name)
    local resource = { close = function() closed[#closed + 1] = name end }
    tracked[name] = resource
    context:track_resource(resource)
  end

  function server:untrack(name)
    context:untrack_resource(tracked[name])
  end

  function server:closed() return closed end
  function server:housekept() return housekept end
  function server:close_connection() context.client:close() end
  function server:shutdown() daemon:shutdown() end

  local uri = daemon:register(server, "server")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local CLASSES = [[
  local Base = { __name = "Base" }
  Base.__index = Base

  function Base:inherited()
    return "from the base, " .. self.counted
  end

  local function class(options, constructor)
    local Counter = setmetatable({ __name = "Counter" }, Base)
    Counter.__index = Counter
    Counter.new = constructor and function()
      return setmetatable({ counted = 0 }, Counter)
    end
    function Counter:count()
      self.counted = (self.counted or 0) + 1
      return self.counted
    end
    function Counter:itself()
      return self
    end
    function Counter:slow() end
    function Counter:fail() end
    return pyro.behavior(Counter, options)
  end

  local daemon = pyro.Daemon {}
  local uri = daemon:register(class(nil, true), "session")
  daemon:register(class({ instance_mode = "single" }, true), "single")
  daemon:register(class { instance_mode = "percall" }, "percall")
  daemon:register(class({ instance_creator = function(class)
    local instance = class.new()
    instance.counted = 100
    return instance
  end }, true), "created")
  daemon:register(class { instance_mode = "single", instance_creator = function(class)
    pyro.sleep(0.2)
    return setmetatable({}, class)
  end }, "slow")
  daemon:register(class { instance_mode = "single", instance_creator = function()
    error(pyro.ValueError "no instance")
  end }, "failing")
  daemon:register(class { instance_creator = function() return "text" end }, "wrong")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local EXPOSED = [[
  pyro.config.REQUIRE_EXPOSE = true
  local function index(self, name)
    return name == "computed" and name or nil
  end
  local server = setmetatable({ value = 1, _value = 2 }, { __name = "Server", __index = index })
  function server:listed() return "listed" end
  function server:hidden() return "hidden" end
  function server:_private() return "private" end
  pyro.expose(server, { "listed" })
  pyro.attributes(server, "value", "computed")

  local Base = {}
  Base.__index = Base
  function Base:base() return "base" end
  local Whole = setmetatable({}, Base)
  Whole.__index = Whole
  function Whole:own() return "own" end
  pyro.expose(Whole)

  local daemon = pyro.Daemon {}
  local uri = daemon:register(server, "server")
  daemon:register(setmetatable({}, Whole), "whole")
  daemon:register({ method = print }, "nothing_exposed")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

--- Runs a Python program with the URI of the object "server" of a Lua program.
local function use(program, server)
  local lua = peers.start("Lua", { "-e", server })
  local port = lua:expect "PORT%s+(%d+)"
  local run = peers.run("Pyro4", { "spec/interop/python/" .. program, "PYRO:server@localhost:" .. port,
    env = peers.MSGPACK })
  assert.are.equal("all well\n", run.output)
  return lua
end

describe("a Lua server", function()
  after_each(process.stop_all)

  it("knows the context of each call #r20:4L", function()
    use("call_context.py", SERVER)
  end)

  it("serves batches #r15:4L", function()
    use("batch.py", SERVER)
  end)

  it("is told who comes and goes, and has its say #r19:4L #r33:4L", function()
    local lua = use("hooks.py", HOOKS)
    assert.are.equal(0, lua:wait())
    assert.matches("Error in clientDisconnect:\nTraceback.*this is printed, and does no harm", lua.output)
    assert.matches("tim disconnected\ttrue\n$", lua.output)
  end)

  it("serves instances of classes, which travel as proxies of these #r27:4L #r28:4L", function()
    use("instances.py", CLASSES)
  end)

  it("exposes what it is told to #r26:4L #r12:4L", function()
    use("exposed.py", EXPOSED)
  end)

  it("compresses what pays #r40:4L", function()
    use("compressed.py", SERVER)
  end)

  it("shows the errors of callbacks #r31:4L", function()
    local lua = use("callback_error.py", SERVER)
    lua:expect "Error in callback fail:\nTraceback[^\n]*\n.*in fail\n.*ValueError: %('bad', 2%)\n"
  end)

  it("streams iterators and coroutines #r29:4L", function()
    use("streaming.py", SERVER)
  end)
end)
