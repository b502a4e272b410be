--- How programs end that are asked to by a signal, and how long a served call may run.
local process = require "spec.support.process"

local SERVER = [[
local pyro = require "pyro"
local socket, mode = ...
local S, told = {}, pyro.event() -- to end: the daemon listens no longer
function S:wait() print "called" io.stdout:flush() told:wait() return "answered" end
function S:forever() print "called" io.stdout:flush() pyro.sleep(1000) end
function S:spin() print "called" io.stdout:flush() while true do end end
function S:stubborn()
  print "called" io.stdout:flush()
  while true do pcall(function() while true do end end) end
end
function S:sleepy() for _ = 1, 6 do pyro.sleep(0.1) end return "awake" end
function S:careful() return select(2, pcall(function() while true do end end)).class end
function S:inner() return coroutine.wrap(function() while true do end end)() end
function S:stop() daemon:shutdown() told:wait() return "stopping" end
daemon = pyro.Daemon { unixsocket = socket }
print(daemon:register(S, "s"))
pyro.spawn(function()
  while os.rename(socket, socket) do pyro.sleep(0.01) end
  told:set()
end)
local function ready() print "ready" io.stdout:flush() end
if mode == "main" then
  pyro.spawn(function() daemon:requestLoop() end)
  pyro.spawn(ready)
  pyro.sleep(0)
  print "spinning" io.stdout:flush()
  while true do end
elseif mode == "task" then
  pyro.spawn(function() print "spinning" io.stdout:flush() while true do end end)
elseif mode == "condition" then
  daemon:requestLoop(function() print "spinning" io.stdout:flush() while true do end end)
end
pyro.spawn(ready)
daemon:requestLoop()
print "after the loop"
]]

local function socket_path()
  local path = process.file("server.lua", SERVER):gsub("server.lua$", "socket")
  os.remove(path)
  return path
end

local function exists(path)
  return os.rename(path, path) ~= nil
end

local function pyrolua(env, ...)
  local words = process.pyrolua()
  local command = table.move({ ... }, 1, select("#", ...), #words + 1, words)
  command.env = env
  return process.start(command)
end

local function start(mode, env)
  local path = socket_path()
  local script = process.file("server.lua", SERVER)
  local settings = { PYROLUA_GRACE_TIME = "0.5" }
  for name, value in pairs(env or {}) do
    settings[name] = value
  end
  return pyrolua(settings, script, path, mode), path
end

local function call(path, method)
  return pyrolua(nil, "call", "PYRO:s@./u:" .. path, method)
end

describe("a program that is asked to end", function()
  after_each(process.stop_all)

  for _, signal in ipairs { "sigint", "sigterm", "sighup", "sigquit" } do
    it("by " .. signal .. " answers what it serves", function()
      local server, path = start("", { PYROLUA_GRACE_TIME = "20" })
      server:expect "ready\n"
      local waiting, client = call(path, "forever"), call(path, "wait")
      server:expect "called\n.*called\n"
      server:kill(signal)
      assert.are.equal(0, client:wait())
      assert.are.equal('"answered"\n', client.out)
      waiting:kill "sigkill"
      assert.are.equal(0, server:wait(), server.output)
      assert.matches("after the loop\n$", server.out)
      assert.is_false(exists(path))
    end)
  end

  it("does not serve new calls, and ends what takes too long", function()
    local server, path = start ""
    server:expect "ready\n"
    local client = call(path, "forever")
    server:expect "called\n"
    server:kill "sigterm"
    assert.are.equal(0, server:wait())
    assert.is_false(exists(path))
    assert.are.equal(1, client:wait())
    assert.matches("ConnectionClosedError", client.err)
  end)

  for _, method in ipairs { "spin", "stubborn" } do
    it("ends a method that computes for ever: " .. method, function()
      local server, path = start ""
      server:expect "ready\n"
      local client = call(path, method)
      server:expect "called\n"
      server:kill "sigterm"
      assert.are.equal(0, server:wait(), server.output)
      assert.is_false(exists(path))
      client:wait()
      assert.matches("TimeoutError: told to end, and still running after GRACE_TIME %(0.5 seconds%)", client.err)
    end)
  end

  for _, mode in ipairs { "main", "task", "condition" } do
    it("ends what computes for ever: " .. mode, function()
      local server, path = start(mode)
      server:expect "spinning\n"
      server:kill "sigint"
      assert.are.equal(0, server:wait(), server.output)
      assert.matches("TimeoutError: told to end", server.err)
      assert.is_false(exists(path))
    end)
  end

  it("ends at once when it is asked again", function()
    for first, second in pairs { sigterm = "sigterm", sighup = "sigint" } do
      local server, path = start("", { PYROLUA_GRACE_TIME = "1000" })
      server:expect "ready\n"
      local client = call(path, "spin")
      server:expect "called\n"
      server:kill(first)
      process.run_until(function() -- the first may not have arrived yet
        server:kill(second)
        process.sleep(0.05)
        return server.code
      end)
      local _, signal = server:wait()
      assert.are.equal(second == "sigterm" and 15 or 2, signal)
      client:wait()
    end
  end)

  it("goes on where the signal is ignored", function()
    local words = table.concat(process.pyrolua(), " ")
    local path, script = socket_path(), process.file("server.lua", SERVER)
    local server = process.start { "sh", "-c", ("trap '' HUP; exec %s %s %s"):format(words, script, path) }
    server:expect "ready\n"
    server:kill "sighup"
    assert.are.equal('"awake"\n', process.run_pyrolua { "call", "PYRO:s@./u:" .. path, "sleepy" }.out)
    server:kill "sigterm"
    assert.are.equal(0, server:wait())
  end)

  it("answers the call that shuts its daemon down", function()
    local server, path = start("", { PYROLUA_GRACE_TIME = "20" })
    server:expect "ready\n"
    local client = call(path, "stop")
    client:wait()
    assert.are.equal('"stopping"\n', client.out)
    assert.are.equal(0, server:wait())
  end)

  it("logs the signal once, however many request loops wait", function()
    local server = pyrolua({ PYROLUA_LOGLEVEL = "INFO", PYROLUA_LOGFILE = "{stderr}" }, "-e", [[
      for _ = 1, 2 do
        local daemon = pyro.Daemon {}
        pyro.spawn(daemon.requestLoop, daemon)
      end
      pyro.spawn(print, "READY")
      pyro.Daemon {}:requestLoop()]])
    server:expect "READY\n"
    server:kill "sighup"
    assert.are.equal(0, server:wait())
    local _, count = server.err:gsub("pyrolua.service,INFO%] told to end by SIGHUP\n", "")
    assert.are.equal(1, count, server.err)
  end)

  it("stops the name server's broadcast at once", function()
    local server = pyrolua(nil, "-m", "pyro.naming", "-n", "0.0.0.0", "-p", "0", "--bcport", "0")
    server:expect "NS running"
    server:kill "sighup"
    assert.are.equal(0, server:wait())
    assert.matches("NS shut down", server.out)
  end)
end)

describe("CALL_TIME_LIMIT", function()
  after_each(process.stop_all)

  it("ends calls that compute for longer, and nothing else", function()
    local server, path = start("", { PYROLUA_CALL_TIME_LIMIT = "0.5" })
    server:expect "ready\n"
    for method, answer in pairs { sleepy = '"awake"\n', careful = '"TimeoutError"\n' } do
      assert.are.equal(answer, process.run_pyrolua { "call", "PYRO:s@./u:" .. path, method }.out)
    end
    for _, method in ipairs { "spin", "stubborn", "inner", "spin" } do
      local run = process.run_pyrolua { "call", "PYRO:s@./u:" .. path, method }
      assert.matches("TimeoutError: the call ran for more than CALL_TIME_LIMIT %(0.5 seconds%)", run.err)
    end
    server:kill "sigterm"
    assert.are.equal(0, server:wait())
  end)
end)
