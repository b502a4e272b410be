--- pyrolua top on a real terminal: what it draws, what keys do, and how it leaves the terminal.
local process = require "spec.support.process"
local tmux = require "spec.support.tmux"
local uv = require "luv"

local TOP = table.concat(process.pyrolua(), " ") .. " top "
local LEFT = "\27%[%?1049l"

--- Serves a shop, and counters, each by a daemon of its own.
local SERVER = [[
  local ns, shop, uris = pyro.locateNS(), {}, {}
  function shop:visit() end
  function shop:wait() pyro.sleep(0.3) end
  ns:register("shop", pyro.Daemon {}:register(shop, "shop"))
  for i = 1, COUNTERS do
    ns:register(("counter%02d"):format(i), pyro.Daemon {}:register({}, "counter"))
  end
  for _ = 1, 50 do pyro.Proxy("PYRONAME:shop"):visit() end
  print "served"
  pyro.Daemon {}:requestLoop()]]

describe("on a terminal, pyrolua top", function()
  local env, names

  before_each(function()
    names = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = names:expect "Pyro.NameServer@localhost:(%d+)" }
  end)
  after_each(process.stop_all)

  local function serve(counters)
    local server = process.start_pyrolua { "-e", (SERVER:gsub("COUNTERS", counters)), env = env }
    server:expect "served\n"
    return server
  end

  local function register(name)
    local code = ("pyro.locateNS():register(%q, 'PYRO:x@localhost:1')"):format(name)
    assert.are.equal("", process.run_pyrolua({ "-e", code, env = env }).output)
  end

  --- Starts it in a terminal.
  local function start(arguments, columns, rows)
    local terminal = tmux.start(columns or 80, rows or 24, env)
    terminal:enter(TOP .. arguments)
    return terminal
  end

  --- The names on the screen, in order.
  local function shown(terminal)
    local list = {}
    for name in terminal:screen():gmatch "\n([%w.]+) +[%d.-]+ +[%d.-]+ " do
      list[#list + 1] = name
    end
    return table.concat(list, " ")
  end

  it("fits into 80 columns and 24 rows, and into others", function()
    serve(0)
    register(("long"):rep(30))
    register("\u{96e8}\u{96e8}" .. ("\u{e9}"):rep(40))
    local terminal = start "-d 0.3"
    terminal:shows("^pyrolua top  %d%d:%d%d:%d%d  [^\n]*servers by calls: 1%-3 of 3\nh help [^\n]* q quit\n"
      .. "server +calls/s errs/s p50_ms p99_ms in_flight mem_MiB\n[^\n]+\n")
    for line in terminal:screen():gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 80, line)
    end
    terminal:shows("\nshop" .. (" +[%d.-]+"):rep(6) .. "\n")
    terminal:shows "\n\u{96e8}\u{96e8}é+[^\n]*\n"
    terminal:resize(120, 8)
    terminal:shows("server" .. (" "):rep(120 - 52) .. "calls/s errs/s p50_ms p99_ms in_flight mem_MiB\n")
    terminal:resize(30, 2)
    terminal:shows "^pyrolua top[^\n]*\nh help[^\n]*\n$"
    terminal:resize(80, 24)
    terminal:shows "mem_MiB\n"
  end)

  it("sorts, reverses, and shows methods by keys", function()
    serve(2)
    local terminal = start "-d 0.3"
    terminal:shows "1%-4 of 4"
    terminal:press "n"
    terminal:shows "servers by name"
    assert.are.equal("Pyro.NameServer counter01 counter02 shop", shown(terminal))
    terminal:press "r"
    assert.is_true(process.eventually(function()
      return shown(terminal) == "shop counter02 counter01 Pyro.NameServer"
    end))
    for _, case in ipairs {
      { "e", "errors" }, { "5", "p50" }, { "p", "p99" }, { "f", "in_flight" }, { "m", "memory" }, { "c", "calls" },
    } do
      terminal:press(case[1])
      terminal:shows("servers by " .. case[2])
    end
    terminal:press "Tab"
    terminal:shows "methods by calls: [^\n]*\n[^\n]*Tab servers[^\n]*\nmethod +server +calls/s[^\n]*in_flight\n"
    terminal:shows "\nshop%.visit +shop +"
    terminal:press "Tab"
    terminal:shows "mem_MiB\n"
  end)

  it("shows the rates since the last look", function()
    serve(0)
    local terminal = start "-d 0.5 -m shop"
    terminal:shows("shop%.visit +shop +0%.0 +0%.0 +%- +%- +0\n")
    process.run_pyrolua { "-e", "pyro.Proxy('PYRONAME:shop'):wait()", env = env }
    terminal:shows("shop%.wait +shop +[%d.]+ +0%.0 +%d%d%d[%d.]* +%d%d%d[%d.]* +0\n")
  end)

  it("shows other rows by keys", function()
    serve(40)
    local terminal = start "counter"
    terminal:press "n"
    terminal:shows "by name: 1%-21 of 40"
    for _, case in ipairs {
      { "Down", "2%-22 of 40", "counter02" }, { "Up", "1%-21", "counter01" }, { "PPage", "1%-21", "counter01" },
      { "NPage", "20%-40", "counter20" }, { "Down", "20%-40", "counter20" }, { "Home", "1%-21", "counter01" },
      { "End", "20%-40", "counter20" }, { "PPage PPage NPage", "20%-40", "counter20" },
    } do
      for key in case[1]:gmatch "%S+" do
        terminal:press(key)
      end
      terminal:shows("by name: " .. case[2] .. "[^\n]*\n[^\n]*\nserver[^\n]*\n" .. case[3])
    end
  end)

  it("pauses, helps, and draws anew", function()
    serve(0)
    local terminal = start "-d 0.2"
    terminal:shows "1%-2 of 2"
    terminal:press "Space"
    terminal:shows "PAUSED"
    register "other"
    process.sleep(1)
    assert.falsy(terminal:screen():find "other")
    terminal:press "Space"
    terminal:shows "other"
    terminal:press "h"
    terminal:shows "Control%-l +draw"
    assert.falsy(terminal:screen():find "\nother")
    terminal:press "x"
    terminal:shows "\nother"
    terminal:press "C-l"
    terminal:press "q"
    terminal:shows "top[^\n]*\n%$ *\n"
  end)

  it("marks who does not answer, in color unless that is not wanted", function()
    serve(0)
    register "nobody"
    local terminal = start "-d 0.3"
    terminal:shows("\27%[31mnobody +cannot connect[^\n]*", true)
    terminal:shows("\27%[7mserver", true)
    terminal:shows "1 without statistics"
    terminal:press "q"
    terminal:shows "%$ *\n"
    terminal:enter("NO_COLOR=1 " .. TOP)
    terminal:shows("\nnobody +cannot connect", true)
  end)

  it("goes on while servers hang, its name server among them", function()
    local server = serve(0)
    env.PYRO_COMMTIMEOUT = "1"
    local terminal = start "-d 0.3"
    terminal:shows "shop +[%d.]+"
    server:kill "sigstop"
    terminal:shows "shop +no answer"
    terminal:shows "Pyro%.NameServer +[%d.]+"
    server:kill "sigcont"
    terminal:shows "shop +[%d.]+"
    names:kill "sigstop"
    terminal:shows "Pyro%.NameServer +no answer"
    terminal:shows "\nname server: [^\n]+\n"
    terminal:shows "shop +[%d.]+"
    names:kill "sigcont"
    terminal:shows "Pyro%.NameServer +[%d.]+"
    terminal:shows "\nh help"
  end)

  it("stops at control-z, with the terminal as it was, and goes on", function()
    serve(0)
    local terminal = start "-d 0.3"
    for _ = 1, 2 do
      terminal:shows "^pyrolua top[^\n]*\nh help"
      terminal:press "C-z"
      terminal:shows "Stopped +[^\n]*top[^\n]*\n%$ *\n"
      terminal:enter "stty -a | grep -w icanon; echo back"
      terminal:shows " icanon .*\nback\n"
      terminal:enter "fg"
    end
    terminal:shows "^pyrolua top[^\n]*\nh help"
    terminal:press "n"
    terminal:shows "by name"
  end)

  --- Starts it on a terminal whose output is kept, and says how it ended.
  local function record(arguments)
    local command = ("trap : INT QUIT; sh -c 'echo $$; exec %s %s'; echo status $?; stty -a"):format(TOP, arguments)
    local variables = { TERM = "xterm" }
    for name, value in pairs(env) do
      variables[name] = value
    end
    local run = process.start { "script", "-qfec", command, "/dev/null", env = variables }
    return run, tonumber((run:expect "(%d+)\r\n"))
  end

  for ending, finish in pairs {
    ["the key q"] = function(run) run:write "q" end,
    ["control-c"] = function(run) run:write "\3" end,
    ["control-\\"] = function(run) run:write "\28" end,
    SIGTERM = function(_, pid) uv.kill(pid, "sigterm") end,
    SIGHUP = function(_, pid) uv.kill(pid, "sighup") end,
    ["two signals, of which the second ends it"] = function(_, pid)
      for _, signal in ipairs { "sigstop", "sigint", "sigterm", "sigcont" } do
        uv.kill(pid, signal)
      end
      return "1[34]%d" -- 128 and the number of either
    end,
  } do
    it("gives the terminal back as it was at " .. ending, function()
      serve(0)
      local run, pid = record ""
      run:expect "\27%[%?1049h.*h help"
      local status = finish(run, pid) or "0"
      run:expect(LEFT .. ".-status " .. status .. "\r\n.* icanon .* echo ")
      run:wait()
    end)
  end

  it("gives it back after the last look, at the end of a program, and after an error", function()
    serve(0)
    local run = record "-n 2 -d 0.2"
    run:expect("\27%[%?1049h.*h help.*" .. LEFT .. "status 0\r\n.* icanon .* echo ")
    run:wait()
    for _, case in ipairs {
      { "pyro.spawn(function() pyro.sleep(0.5) os.exit(3) end)", "status 3" },
      { "function os.date() error('broken', 0) end", "pyrolua: broken\r\nstatus 1" },
    } do
      env.LUA_INIT = "pyro = require 'pyro' " .. case[1]
      run = record ""
      run:expect("h help.*" .. LEFT .. case[2] .. "\r\n.* icanon .* echo ")
      run:wait()
    end
  end)

  it("draws with few bytes", function()
    serve(0)
    local run = record "-d 0.2 -n 15"
    run:expect "status 0"
    run:wait()
    local drawn = run.output:match("\27%[%?1049h(.*)" .. LEFT)
    assert.is_true(#drawn < 600 + 15 * 190, drawn) -- a row and the time at most looks, not all lines
  end)
end)
