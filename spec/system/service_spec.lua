--- Services: the name server and scripts tell a service manager how they are, and serve its sockets.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local redis = require "spec.support.redis"

local MANAGER = [[
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1].replace("@", "\0"))
print("bound", flush=True)
while True:
    print("told", " ".join(manager.recv(1000).decode().split("\n")) + ".", flush=True)
]]

--- A service manager that says what it is told at a Unix socket.
local function start_manager(path)
  local manager = process.start { "/usr/bin/python3", "-c", MANAGER, path }
  manager:expect "bound\n"
  return manager
end

local function free_path(name)
  local path = process.file(name, "")
  os.remove(path)
  return path
end

--- Starts a program that has the name server started at the first connection.
local function activate(where, ...)
  local command = { "systemd-socket-activate", "-l", where }
  table.move(process.pyrolua(), 1, #process.pyrolua(), #command + 1, command)
  table.move({ "-m", "pyro.naming", ... }, 1, 2 + select("#", ...), #command + 1, command)
  local activator = process.start(command)
  activator:expect "Listening on [^\n]+ as 3%.\n"
  return activator
end

--- Runs the name server with what LISTEN_… say; its own process id is $$.
local function listen_as(variables, redirection)
  local pyrolua = table.concat(process.pyrolua(), " ")
  return process.start { "sh", "-c", ("export %s; exec %s -m pyro.naming -p 0 %s"):format(variables, pyrolua,
    redirection or "") }
end

describe("the HTTP gateway as a service", function()
  after_each(process.stop_all)

  it("tells its manager when it is ready", function()
    local path = free_path "notify.sock"
    local manager = start_manager(path)
    local gateway = process.start_pyrolua { "-m", "pyro.gateway", "-p", "0", env = { NOTIFY_SOCKET = path,
      PYRO_NS_HOST = "localhost", PYRO_NS_PORT = tostring(process.free_port()) } }
    manager:expect "told READY=1%.\n"
    assert.matches("gateway running on http://127.0.0.1:", gateway.out, 1, true)
    gateway:kill "sigterm"
    manager:expect "told STOPPING=1%.\n"
    assert.are.equal(0, gateway:wait())
    assert.are.equal("", gateway.err)
    os.remove(path)
  end)
end)

describe("the name server as a service", function()
  after_each(process.stop_all)
  teardown(redis.remove)

  it("tells its manager when it is ready", function()
    for _, path in ipairs { free_path "notify.sock", "@pyrolua-notify-" .. process.free_port() } do
      local manager = start_manager(path)
      local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", env = { NOTIFY_SOCKET = path } }
      manager:expect "told READY=1 STATUS=1 name, memory%.\n"
      assert.matches("NS running on localhost:", server.out)
      server:kill "sigterm"
      manager:expect "told STOPPING=1%.\n"
      assert.are.equal(0, server:wait())
      assert.are.equal("", server.err)
      manager:kill "sigterm"
      os.remove(path)
    end
  end)

  it("tells how many names it has, and where it keeps them", function()
    local path, file = free_path "status.sock", free_path "status.db"
    local manager = start_manager(path)
    local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", "-s", "sql:" .. file,
      env = { NOTIFY_SOCKET = path } }
    manager:expect("told READY=1 STATUS=1 name, sql:" .. file:gsub("%p", "%%%0") .. "%.\n")
    local port = server:expect "NS running on localhost:(%d+)"
    assert.are.equal(0, peers.nsc("Lua", {}, { "-p", port, "register", "example", "PYRO:x@localhost:1" }).code)
    manager:expect("told STATUS=2 names, sql:" .. file:gsub("%p", "%%%0") .. "%.\n")
    os.remove(path)
  end)

  it("keeps the password of its storage to itself", function()
    local path = free_path "password.sock"
    local storage = redis.start("--requirepass", "SESAME/@")
    local manager = start_manager(path)
    process.start_pyrolua { "-m", "pyro.naming", "-p", "0", "-s",
      ("redis://:SESAME%%2F%%40@127.0.0.1:%d"):format(storage.port), env = { NOTIFY_SOCKET = path } }
    manager:expect("told READY=1 STATUS=1 name, redis://127%.0%.0%.1:" .. storage.port .. "%.\n")
    os.remove(path)
  end)

  it("is ready only when it has read its names", function()
    local path = free_path "late.sock"
    local manager = start_manager(path)
    local storage = redis.start()
    storage.process:kill "sigstop" -- it accepts connections, and says nothing
    local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", "-s", storage:url(),
      env = { NOTIFY_SOCKET = path } }
    process.sleep(0.5)
    assert.is_nil(manager.out:find "told")
    storage.process:kill "sigcont"
    manager:expect "told READY=1"
    server:kill "sigterm"
    server:wait()
    os.remove(path)
  end)

  it("says what is wrong with a manager's address, and serves", function()
    for path, why in pairs { relative = "is no socket's address", ["/no/such/socket"] = "No such file or directory",
      ["/" .. ("x"):rep(200)] = "is no socket's address" } do
      local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", env = { NOTIFY_SOCKET = path } }
      server:expect("NOTIFY_SOCKET=" .. path .. ":? " .. why)
      assert.is_nil(server.code)
    end
  end)

  it("serves a socket that listens already, TCP or Unix", function()
    local port = tostring(process.free_port())
    local path = free_path "activated.sock"
    for where, options in pairs { ["127.0.0.1:" .. port] = { "-n", "127.0.0.1", "-p", port },
      [path] = { "-u", path } } do
      local server = activate(where)
      local list = peers.nsc("Lua", {}, { "list", table.unpack(options) })
      local place = where == path and "./u:" .. path or where
      assert(list.out:find("\nPyro.NameServer --> PYRO:Pyro.NameServer@" .. place .. "\n", 1, true), list.output)
      server:expect("NS running on " .. place:gsub("%p", "%%%0"))
      server:kill "sigterm"
      assert.are.equal(0, server:wait())
    end
    assert.is_truthy(os.remove(path)) -- who made the socket's file may want it again
  end)

  it("is where it is told to be under another name", function()
    local port = process.free_port()
    local server = activate("127.0.0.1:" .. port, "-n", "localhost")
    local list = peers.nsc("Lua", {}, { "-p", tostring(port), "-n", "127.0.0.1", "list" })
    assert.matches("PYRO:Pyro.NameServer@localhost:" .. port, list.out)
    server:expect("NS running on localhost:" .. port .. " %(127%.0%.0%.1%)")
  end)

  it("lets alone what is for another process", function()
    for _, variables in ipairs { "LISTEN_FDS=1", "LISTEN_FDS=1 LISTEN_PID=1", "LISTEN_FDS=1 LISTEN_PID=$$x",
      "LISTEN_PID=$$" } do
      listen_as(variables):expect "NS running on localhost:%d+ "
    end
  end)

  it("refuses what it cannot serve", function()
    for variables, why in pairs {
      ["LISTEN_PID=$$ LISTEN_FDS=2"] = "pyrolua: LISTEN_FDS=2: one socket is what is served\n",
      ["LISTEN_PID=$$ LISTEN_FDS=1"] = "pyrolua: descriptor 3 is no listening stream socket\n",
    } do
      local server = listen_as(variables, "3</dev/null")
      assert.are.equal(1, server:wait())
      assert.are.equal(why, server.err)
    end
  end)
end)

describe("pyro.ready()", function()
  local path, manager

  before_each(function()
    path = free_path "ready.sock"
    manager = start_manager(path)
  end)

  after_each(function()
    process.stop_all()
    os.remove(path)
  end)

  --- Starts code that the manager is told of, with more variables.
  local function start(code, env)
    env = env or {}
    env.NOTIFY_SOCKET = path
    return process.start_pyrolua { "-e", code, env = env }
  end

  it("tells that a script is ready, how it is, and that it ends", function()
    local script = start [[
      assert(pyro.ready() == true)
      assert(pyro.ready "1 client" == true)
      pyro.ready "1 client"
      pyro.ready()
      pyro.ready "a\nWATCHDOG=trigger\xff"
      pyro.ready(("x"):rep(1000))]]
    assert.are.equal(0, script:wait())
    assert.are.equal("", script.output)
    manager:expect "^told READY=1%.\ntold STATUS=1 client%.\n"
    manager:expect "told STATUS=a\\x0aWATCHDOG=trigger\\xff%.\n"
    manager:expect "^told STATUS=(x+%.%.%.)%.\ntold STOPPING=1%.\n"
  end)

  it("does nothing where nobody wants to know", function()
    for _, socket in ipairs { false, "" } do
      local script = process.run_pyrolua { "-e", "print(pyro.ready(), pyro.ready 'fine')",
        env = { NOTIFY_SOCKET = socket } }
      assert.are.equal("false\tfalse\n", script.output)
      assert.are.equal(0, script.code)
    end
    local script = start "pyro.sleep(0)" -- it never was ready, so it does not end
    assert.are.equal(0, script:wait())
    assert.are.equal("bound\n", manager.output)
  end)

  it("tells of the end before the last calls of a request loop are over", function()
    local script = start [[
      local daemon = pyro.Daemon {}
      local slow = {}
      function slow:call()
        print "CALLED"
        pyro.sleep(0.3)
        print "ANSWERED"
      end
      local uri = daemon:register(slow)
      pyro.spawn(function() pyro.ready "serving" pyro.Proxy(uri):call() end)
      daemon:requestLoop()]]
    manager:expect "told READY=1 STATUS=serving%.\n"
    script:expect "CALLED\n"
    script:kill "sigterm"
    manager:expect "told STOPPING=1%.\n"
    assert.are.equal(0, script:wait())
    assert.are.equal("CALLED\nANSWERED\n", script.out)
    assert.are.equal(1, select(2, manager.out:gsub("STOPPING", "")))
  end)

  it("tells that the script is alive, until it hangs", function()
    local script = start([[
      local daemon = pyro.Daemon {}
      pyro.spawn(function()
        pyro.ready()
        pyro.readable(0)
        print "HANGS"
        io.stdout:flush()
        while true do end
      end)
      daemon:requestLoop()]], { WATCHDOG_USEC = "200000" })
    manager:expect "told READY=1%.\n"
    for _ = 1, 5 do
      manager:expect "^told WATCHDOG=1%.\n"
    end
    script:write "now\n"
    script:expect "HANGS\n"
    process.sleep(0.3)
    local before = manager.out
    process.sleep(1)
    assert.are.equal(before, manager.out)
    script:kill "sigkill"
  end)

  it("does not keep a script going to tell that it is alive", function()
    local script = start("pyro.ready()", { WATCHDOG_USEC = "200000" })
    assert.are.equal(0, script:wait())
    manager:expect "^told READY=1%.\ntold STOPPING=1%.\n"
  end)

  it("tells so only if that is wanted of this process", function()
    for _, variables in ipairs { "", "WATCHDOG_USEC=0", "WATCHDOG_USEC=100000x", "WATCHDOG_USEC=-100000",
      "WATCHDOG_USEC=100000 WATCHDOG_PID=1", "WATCHDOG_USEC=100000 WATCHDOG_PID=" } do
      local command = ("%s exec %s -e 'pyro.ready() pyro.sleep(0.5)'"):format(variables,
        table.concat(process.pyrolua(), " "))
      assert.are.equal(0, process.run({ "sh", "-c", command, env = { NOTIFY_SOCKET = path } }).code)
    end
    assert.is_nil(manager.out:find "WATCHDOG")
    local command = ("export WATCHDOG_USEC=100000 WATCHDOG_PID=$$; exec %s -e 'pyro.ready() pyro.sleep(0.5)'"):format(
      table.concat(process.pyrolua(), " "))
    assert.are.equal(0, process.run({ "sh", "-c", command, env = { NOTIFY_SOCKET = path } }).code)
    manager:expect "told WATCHDOG=1%.\n"
  end)

  it("is the same in a stock Lua", function()
    local script = process.run { "lua5.4", "-e", "require('pyro').ready 'stock'",
      env = { NOTIFY_SOCKET = path, LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = process.build()
        .. "/lua/5.4/?.so;;", LD_PRELOAD = process.preload() } }
    assert.are.equal("", script.output)
    manager:expect "told READY=1 STATUS=stock%.\ntold STOPPING=1%.\n"
  end)

  it("takes a status that is a string", function()
    local script = start "print(pcall(pyro.ready, {}))"
    assert.are.equal(0, script:wait())
    assert.matches("^false\tbad argument #1 to '.-' %(string expected, got table%)\n", script.out)
  end)
end)
