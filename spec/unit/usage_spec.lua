--- Errors of use blame the line that used pyro wrongly, not a line of pyro's own.
local pyro = require "pyro"
local served = require "spec.support.served"

local WRONG = [[
pyro.config.COMMTIMEOT = 1
return pyro.config.COMMTIMEOT
pyro.config[1] = 2
pyro.Daemon { hots = 1 }
pyro.Daemon(5)
pyro.Daemon { host = 5 }
pyro.Daemon { port = 70000 }
pyro.Daemon { unixsocket = "a\0b" }
pyro.Daemon { connected_socket = -1 }
pyro.Proxy("PYRO:x@localhost:1", { time = 1 })
pyro.Proxy("PYRO:x@localhost:1", { timeout = "x" })
pyro.Proxy("PYRO:x@localhost:1", { timeout = -1 })
pyro.Proxy("PYRO:x@localhost:1", { retries = -1 })
pyro.Proxy("PYRO:x@localhost:1", { serializer = "x" })
pyro.Proxy("PYRO:x@localhost:1", { protocol = 3 })
pyro.Proxy("PYRO:x@localhost:1", { validateHandshake = 3 })
pyro.Proxy("x", { connected_socket = -1 })
pyro.Proxy()
pyro.URI()
pyro.Error()
pyro.spawn(5)
pyro.join(5)
pyro.sleep()
pyro.sleep(-1)
pyro.step("x")
pyro.readable("x")
pyro.expose(5)
pyro.expose(object, 5)
pyro.expose(object, { 5 })
pyro.expose(object, { name = true })
pyro.expose(object, { "_x" })
pyro.oneway(object, 5)
pyro.callback(object, "_x")
pyro.attributes(object, "_x")
pyro.parameters(object, "x")
pyro.parameters(object, "x", { 5 })
pyro.behavior(5)
pyro.behavior(object, 5)
pyro.behavior(object, { mode = 1 })
pyro.behavior(object, { instance_mode = "x" })
pyro.behavior(object, { instance_creator = 5 })
pyro.bytes(5)
pyro.dict(5)
pyro.list(5)
pyro.tuple(5)
pyro.set(5)
pyro.kwargs(5)
pyro.registerClass(5)
pyro.registerClass("x", 5)
pyro.async(5)
pyro.batch(5)
pyro.batch(proxy) { together = true }
pyro.locateNS { hosts = "localhost" }
pyro.locateNS { hmac_key = 1 }
pyro.locateNS("localhost", 99999)
pyro.locateNS("localhost", "x")
pyro.Daemon.serveSimple(5)
pyro.Daemon.serveSimple { x = {} }
pyro.Daemon.serveSimple { [object] = 5 }
pyro.Daemon.serveSimple({}, { hots = 1 })
pyro.Daemon.serveSimple({}, { ns = false, host = 5 })
pyro.Daemon.serveSimple({}, { ns = false, daemon = 5 })
daemon:register(5)
daemon:register({}, {})
daemon:register({}, nil, "x")
daemon:register({}, nil, { strong = true })
daemon:register({}, nil, { weak = 1 })
daemon.hots = 5
daemon.validateHandshake = 5
daemon:requestLoop(5)
daemon:combine(5)
proxy._pyroTimeout = -1
proxy._pyroNothing = 1
proxy._pyroUri = 5
proxy._pyroSerializer = "x"
proxy._pyroMethods = 5
proxy:_pyroReconnect("x")
proxy.method()
pyro.batch(proxy).method(5)
pyro.async(proxy).method()
pyro.current_context.nothing = 5
]]

local OBJECTS = [[
pyro.config.COMMTIMEOUT = "x"
pyro.config.SERIALIZER = "x"
pyro.Proxy "nonsense"
pyro.URI "nonsense"
pyro.date "x"
pyro.bigint "x"
daemon:register({}, "a b")
proxy:method(print)
pyro.batch(proxy)({ oneway = true, asynchronous = true })
return proxy.nothing
]]

describe("an error of use", function()
  after_each(served.close)

  --- Returns what a line of a program that is wrong raises; and the traceback that is printed of it.
  local function failure(line)
    local proxy, daemon = served.open { method = print }
    local known = { pyro = pyro, daemon = daemon, proxy = proxy, object = {} }
    local chunk = assert(load(line, "@user.lua", "t", setmetatable(known, { __index = _G })))
    local written = {}
    local stderr = io.stderr
    io.stderr = { write = function(_, ...) -- luacheck: ignore
      table.insert(written, table.concat { ... })
    end }
    local ok, err = xpcall(chunk, pyro.excepthook)
    io.stderr = stderr -- luacheck: ignore
    assert(not ok, line .. " is no error")
    served.close()
    return err, table.concat(written)
  end

  for line in WRONG:gmatch "[^\n]+" do
    it("blames the line: " .. line, function()
      assert.matches("^user.lua:1: .", failure(line))
    end)
  end

  for line in OBJECTS:gmatch "[^\n]+" do
    it("is shown with that line: " .. line, function()
      local _, shown = failure(line)
      assert.matches("user.lua", shown, 1, true)
      assert.is_nil(shown:find "pyro/%w+%.lua" or shown:find "pyro%.lua", shown)
    end)
  end
end)
