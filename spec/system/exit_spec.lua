--- Output that leaves before a program ends: oneway calls, however it ends.
local certificates = require "spec.support.certificates"
local process = require "spec.support.process"

local SERVER = [[
local pyro = require "pyro"
local calls, bytes = 0, 0
local Counter = {}
function Counter:add(data) calls, bytes = calls + 1, bytes + #data print "called" io.stdout:flush() end
function Counter:count() return calls, bytes end
function Counter:nap() pyro.sleep(0.2) end
pyro.oneway(Counter, "add")
local daemon = pyro.Daemon {}
--more
print(daemon:register(Counter))
io.stdout:flush()
daemon:requestLoop()]]

--- `q` is the proxy: each way to end.
local ENDS = {
  ["os.exit"] = "os.exit(0)",
  ["os.exit that closes the state"] = "os.exit(0, true)",
  ["an error"] = "error 'on purpose'",
  ["its end"] = "",
  ["os.exit in a task"] = "pyro.spawn(os.exit, 0) pyro.sleep(10)",
  ["os.exit where it cannot wait"] = "table.sort({ 1, 2 }, function() os.exit(0) end)",
  ["os.exit after batches"] = "local b = pyro.batch(q) for _ = 1, 10 do b:add '' end b { oneway = true } os.exit(0)",
}

--- Code that lets calls wait in the server, where their client has ended meanwhile: Lua code of the server, a call
--- that the client makes before, and whether they use TLS.
local WAITS = {
  ["with TLS"] = { tls = true },
  ["behind a call that runs"] = { before = "pyro.async(q):nap()" },
  ["behind a call that runs, with TLS"] = { before = "pyro.async(q):nap()", tls = true },
  ["past an authorize() that waits"] = { server = "function daemon:authorize() pyro.sleep(0) return true end" },
  ["to methods that wait"] = {
    server = "local add = Counter.add function Counter:add(data) pyro.sleep(0) add(self, data) end",
  },
}

local HEAD = 'local pyro = require "pyro"\nlocal q = pyro.Proxy(...)\n'

local function stock(script, ...)
  return { "lua5.4", script, ..., env = {
    LUA_PATH = "./lua/?.lua;./lua/?/init.lua;;",
    LUA_CPATH = ("./%s/lua/5.4/?.so;;"):format(process.build()),
    LD_PRELOAD = process.preload(),
  } }
end

local function pyrolua(script, ...)
  local words = process.pyrolua()
  return table.move({ script, ... }, 1, select("#", ...) + 1, #words + 1, words)
end

local function start_server(code, env)
  local command = pyrolua(process.file("server.lua", (SERVER:gsub("%-%-more", code or ""))))
  command.env = env
  local server = process.start(command)
  return server, server:expect "(PYRO:obj_%x+@localhost:%d+)\n"
end

--- The numbers of calls and bytes that the server got, once there are so many calls.
local function counted(uri, calls, env)
  local script = process.file("count.lua", HEAD .. ([[
    local calls, bytes
    for _ = 1, 400 do -- 20 s
      calls, bytes = table.unpack(q:count())
      if calls >= %d then break end
      pyro.sleep(0.05)
    end
    print(math.tointeger(calls), math.tointeger(bytes))]]):format(calls))
  local command = pyrolua(script, uri)
  command.env = env
  return process.run(command).output
end

describe("oneway calls arrive", function()
  after_each(process.stop_all)
  teardown(certificates.remove)

  for name, command in pairs { pyrolua = pyrolua, ["lua5.4"] = stock } do
    for what, code in pairs(ENDS) do
      it(("when %s ends by %s"):format(name, what), function()
        local server, uri = start_server()
        local script = process.file("client.lua", HEAD .. "for _ = 1, 1000 do q:add 'x' end\n" .. code)
        process.run(command(script, uri))
        local calls = what:find "batch" and 1010 or 1000
        assert.are.equal(calls .. "\t1000\n", counted(uri, calls))
        server:kill "sigterm"
      end)
    end

    it(("when %s ends, as much as it takes"):format(name), function()
      local _, uri = start_server()
      local script = process.file("client.lua", HEAD .. "for _ = 1, 30 do q:add(('x'):rep(1000000)) end os.exit(0)")
      process.run(command(script, uri))
      assert.are.equal("30\t30000000\n", counted(uri, 30))
    end)

    it(("while %s does something else"):format(name), function()
      local server, uri = start_server()
      local script = process.file("client.lua", HEAD .. "q:add 'x' q:add 'y' io.read()")
      local client = process.start(command(script, uri))
      server:expect "called\ncalled\n"
      client:close_input()
      client:wait()
    end)
  end

  for what, wait in pairs(WAITS) do
    it(what, function()
      local env = wait.tls and certificates.client()
      local _, uri = start_server(wait.server, wait.tls and certificates.server())
      local script = process.file("client.lua",
        ("%s %s for _ = 1, 1000 do q:add 'x' end os.exit(0)"):format(HEAD, wait.before or ""))
      local command = pyrolua(script, uri)
      command.env = env
      process.run(command)
      assert.are.equal("1000\t1000\n", counted(uri, 1000, env))
    end)
  end

  it("from a program that nobody listens to any more", function()
    local server, uri = start_server()
    local script = process.file("client.lua", HEAD .. [[
      q:add "x"
      pyro.config.MAX_PENDING = 100000000
      print "stop"
      io.stdout:flush()
      io.read()
      for _ = 1, 30 do q:add(("x"):rep(1000000)) end
      os.exit(3)]])
    local client = process.start(pyrolua(script, uri))
    client:expect "stop\n"
    server:kill "sigstop"
    client:close_input()
    assert.are.equal(3, client:wait())
    server:kill "sigcont"
  end)
end)
