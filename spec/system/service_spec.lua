--- The name server as a service: it is started when somebody connects, and tells when it is ready.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local MANAGER = [[
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1].replace("@", "\0"))
print("bound", flush=True)
print("told", manager.recv(100).decode(), flush=True)
]]

--- A service manager that waits to be told something at a Unix socket.
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

describe("the name server as a service", function()
  after_each(process.stop_all)

  it("tells its manager when it is ready", function()
    for _, path in ipairs { free_path "notify.sock", "@pyrolua-notify-" .. process.free_port() } do
      local manager = start_manager(path)
      local server = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", env = { NOTIFY_SOCKET = path } }
      manager:expect "told READY=1\n"
      server:expect "NS running on localhost:"
      assert.are.equal(0, manager:wait())
      os.remove(path)
    end
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
