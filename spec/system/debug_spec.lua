--- SIGUSR1 shows what a program is doing, and the program goes on.
local process = require "spec.support.process"

local SIGUSR1 = 10

local function script(text)
  return process.file("program.lua", "local pyro = require 'pyro'\nio.stdout:setvbuf 'line'\n" .. text)
end

local function start(text, env)
  local program = process.start_pyrolua { script(text), env = env }
  program:expect "ready\n"
  return program
end

--- Sends the signal; returns the report, or, when the report does not match, that of another signal.
local function report_of(program, pattern)
  local report
  for _ = 1, 100 do
    program:kill "sigusr1"
    report = program:expect(("pyrolua: state of process %d\n(.-\nqueued: [^\n]*)\n"):format(program.pid))
    if report:find(pattern) then
      return report
    end
    process.sleep(0.01)
  end
  error("no report has " .. pattern .. "\n" .. report, 2)
end

--- Creates the file that a program waits for.
local function open_gate()
  return process.file("gate", "")
end

local function new_gate()
  local path = open_gate()
  os.remove(path)
  return path
end

--- Computes until a file is there; then prints.
local COMPUTE = [[
local i = 0
while not found do i = i + 1 found = i %% 100000 == 0 and io.open %q end
print "after"
]]

describe("a program that gets SIGUSR1", function()
  after_each(process.stop_all)

  it("shows how much of a response it has received", function()
    local server = start [[
      local daemon = pyro.Daemon {}
      print(daemon:register({ text = function() return ("x"):rep(1000000) end }, "slow").port)
      print "ready"
      daemon:requestLoop()]]
    local port = require("spec.support.throttle")(server.output:match "%d+", 200000)
    local client = start(("pyro.spawn(function() pyro.Proxy('PYRO:slow@127.0.0.1:%d'):text() print 'received' end)\n")
      :format(port) .. "print 'ready' pyro.sleep(1000)")
    local here, whole = report_of(client, " bytes received"):match "(%d+) of (%d+) bytes received, 0 bytes unsent"
    assert.is_true(tonumber(here) < tonumber(whole) and tonumber(whole) > 1000000)
    client:expect "received\n"
    assert.falsy(report_of(client, "proxies: "):find "bytes received")
  end)

  it("shows what it waits for, and goes on", function()
    local program = start "pyro.spawn(pyro.sleep, 1000) print 'ready'\npyro.readable(0) print 'after'"
    for _ = 1, 3 do
      local report = report_of(program, "\n  waiting for descriptor, %d+%.%d+ s +%S*program.lua:4\n")
      assert.matches("\n  waiting for sleep, %d+%.%d+ s +", report)
    end
    program:write "\n"
    program:expect "after\n"
    assert.are.equal(0, program:wait())
  end)

  it("shows whom it serves, and goes on", function()
    local server = start [[
local daemon = pyro.Daemon { host = "localhost" }
local thing = { held = function() print "called" pyro.readable(0) return "answered" end }
print(daemon:register(thing, "thing")) print "ready"
daemon:requestLoop()]]
    local uri = server.out:match "PYRO:%S+"
    local client = process.start_pyrolua { "call", uri, "held" }
    server:expect "called\n"
    local report = report_of(server, "waiting [^\n]*program.lua:4  serves thing.held for 127.0.0.1:%d+\n")
    assert.matches("\n  " .. uri:match "@(.*)" .. "  listening, 1 object, 0 item streams, 1 connection\n"
      .. "    127.0.0.1:%d+  ready, 1 request, 1 running, 0 bytes unread, 0 unsent\n", report)
    report_of(client, "\n  " .. uri .. "  ready, msgpack in protocol 48, 1 pending call, "
      .. "0 bytes unsent\n    held%(%) for reply, %d+%.%d+ s\n")
    server:write "\n"
    client:expect "answered"
    assert.are.equal(0, client:wait())
  end)

  it("names the line where it computes, and goes on", function()
    local gate = new_gate()
    local program = start("print 'ready'\n" .. COMPUTE:format(gate))
    for _ = 1, 3 do
      report_of(program, "\n  running +%S*program.lua:5\n")
    end
    open_gate()
    program:expect "after\n"
    assert.are.equal(0, program:wait())
  end)

  it("names the line where a served call computes", function()
    local gate = new_gate()
    local server = start(([[
local daemon = pyro.Daemon { host = "localhost" }
local thing = {}
function thing.spin() print "called"
%sreturn "answered" end
print(daemon:register(thing, "thing")) print "ready"
daemon:requestLoop()]]):format(COMPUTE:format(gate)))
    local client = process.start_pyrolua { "call", server.out:match "PYRO:%S+", "spin" }
    server:expect "called\n"
    report_of(server, "\n  running +%S*program.lua:7  serves thing.spin for 127.0.0.1:%d+\n")
    open_gate()
    client:expect "answered"
    report_of(server, "\n  waiting for request loop, [^\n]*program.lua:11\n")
  end)

  it("shows a coroutine's caller once the coroutine yields", function()
    local gate = new_gate()
    local program = start(("coroutine.wrap(function() print 'ready'\n%s end)()\nlocal x = 1\n")
      :format(COMPUTE:format(gate)))
    program:kill "sigusr1"
    open_gate()
    assert.matches("\n  running +%S*program.lua:%d+\n",
      program:expect "pyrolua: state of process %d+\n(.-)queued")
    assert.are.equal(0, program:wait())
  end)

  it("waits where Lua cannot yield", function()
    local program = start "table.sort({ 1, 2 }, function()\nprint 'ready' pyro.readable(0) end) print 'after'"
    report_of(program, "\n  waiting for descriptor, [^\n]*program.lua:4\n")
    program:write "\n"
    program:expect "after\n"
    assert.are.equal(0, program:wait())
  end)

  it("keeps the hook that it has set", function()
    local gate = new_gate()
    local program = start("debug.sethook(function() hooked = (hooked or 0) + 1 end, '', 50000)\n"
      .. "print 'ready'\n" .. COMPUTE:format(gate) .. "local before = hooked\n"
      .. "for _ = 1, 1000000 do end print(hooked > before, select(2, debug.gethook()))")
    report_of(program, "running")
    report_of(program, "running")
    open_gate()
    program:expect "after\ntrue\t\t50000\n"
    assert.are.equal(0, program:wait())
  end)

  it("keeps its limits of time", function()
    local server = start([[
local daemon = pyro.Daemon { host = "localhost" }
local thing = { spin = function() print "called" while true do end end }
print(daemon:register(thing, "thing")) print "ready"
daemon:requestLoop()]], { PYROLUA_CALL_TIME_LIMIT = "0.5" })
    local client = process.start_pyrolua { "call", server.out:match "PYRO:%S+", "spin" }
    server:expect "called\n"
    report_of(server, "serves thing.spin")
    client:expect "TimeoutError: the call ran for more than CALL_TIME_LIMIT"
  end)

  it("may get many", function()
    local gate = new_gate()
    local program = start("print 'ready'\n" .. COMPUTE:format(gate) .. "pyro.readable(0) print 'end'")
    for _ = 1, 200 do
      program:kill "sigusr1"
    end
    open_gate()
    for _ = 1, 200 do
      program:kill "sigusr1"
    end
    program:write "\n"
    assert.are.equal(0, program:wait())
    assert.are.equal("ready\nafter\nend\n", program.out)
  end)

  it("shows it also where it never loaded pyro", function()
    local program = process.start_pyrolua { "-e", "print 'ready' io.stdout:flush() io.read() print 'after'" }
    program:expect "ready\n"
    program:kill "sigusr1"
    program:write "\n"
    assert.are.equal(0, program:wait())
    assert.matches("state of process %d+\n.-\n  running .*\nqueued", program.err)
    assert.are.equal("ready\nafter\n", program.out)
  end)

  it("says why it cannot show it", function()
    local program = process.start_pyrolua { "-e", [[
package.preload["pyro.debug"] = function() error("broken", 0) end
local pyro = require "pyro.core" print 'ready' io.stdout:flush() io.read() print 'after']] }
    program:expect "ready\n"
    program:kill "sigusr1"
    program:write "\n"
    assert.are.equal(0, program:wait())
    assert.are.equal("pyrolua: no state: broken\n", program.err)
    assert.are.equal("ready\nafter\n", program.out)
  end)

  it("ignores it where its parent did", function()
    local words = { "sh", "-c", "trap '' USR1; exec \"$@\"", "sh" }
    local pyrolua = process.pyrolua()
    table.move(pyrolua, 1, #pyrolua, #words + 1, words)
    words[#words + 1] = script "print 'ready' pyro.readable(0) print 'after'"
    local program = process.start(words)
    program:expect "ready\n"
    program:kill "sigusr1"
    program:write "\n"
    assert.are.equal(0, program:wait())
    assert.are.equal("ready\nafter\n", program.output)
  end)

  it("leaves the programs that it starts alone", function()
    local program = start "print 'ready' print(select(2, os.execute 'kill -USR1 $$'))"
    program:expect("signal\t" .. SIGUSR1 .. "\n")
    assert.are.equal(0, program:wait())
  end)

  it("ends where it is a stock lua5.4: the signal is the program's", function()
    local program = process.start { "lua5.4", script "print 'ready' pyro.sleep(100)", env = {
      LUA_CPATH = process.build() .. "/lua/5.4/?.so", LUA_PATH = "./lua/?.lua;./lua/?/init.lua;;",
      LD_PRELOAD = process.preload() } }
    program:expect "ready\n"
    program:kill "sigusr1"
    assert.are.equal(SIGUSR1, select(2, program:wait()))
  end)
end)
