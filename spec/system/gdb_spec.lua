--- scripts/gdb.py: what gdb shows of a program, and of a core dump.
local process = require "spec.support.process"

--- Runs gdb; returns its output.
local function gdb(arguments)
  local words = { "gdb", "-nx", "-q", "-batch", "-ex", "set confirm off", "-ex", "source scripts/gdb.py" }
  words.env = { DEBUGINFOD_URLS = "", ASAN_OPTIONS = "detect_leaks=0" }
  return process.run(table.move(arguments, 1, #arguments, #words + 1, words)).output
end

--- Runs a program under gdb until it calls math.ult(); gdb then obeys the commands.
local function debugged(text, commands)
  local arguments = { "-ex", "break math_ult", "-ex", "run" }
  for _, command in ipairs(commands) do
    table.move({ "-ex", command }, 1, 2, #arguments + 1, arguments)
  end
  local pyrolua = process.pyrolua()
  table.move({ "-ex", "kill", "--args" }, 1, 3, #arguments + 1, arguments)
  table.move(pyrolua, 1, #pyrolua, #arguments + 1, arguments)
  arguments[#arguments + 1] = process.file("program.lua", "local pyro = require 'pyro'\n" .. text)
  return gdb(arguments)
end

local WAITS = [[
local daemon = pyro.Daemon { host = "localhost" }
local thing = {}
function thing.held()
  pyro.spawn(math.ult, 1, 2)
  pyro.sleep(1000)
end
local uri = daemon:register(thing, "thing")
pyro.spawn(function()
  local proxy = pyro.Proxy(uri)
  return (proxy:held()) -- the next line would be a tail call's
end)
table.sort({ 1, 2 }, coroutine.wrap(function()
  daemon:requestLoop()
end))
]]

local function check_tasks(shown)
  assert.matches("\n  waiting for request loop +0x%x+  %S*program.lua:14\n", shown)
  assert.matches("\n  waiting for reply +0x%x+  %S*program.lua:11\n", shown)
  assert.matches("\n  waiting for sleep +0x%x+  %S*program.lua:6  serves thing.held for 127.0.0.1:%d+\n", shown)
end

local function check_connections(shown)
  local port = shown:match "\ndaemon localhost:(%d+)\n"
  assert.matches("\n  127.0.0.1:%d+  ready, 1 requests, 1 running, 0 bytes unread\n", shown)
  assert.matches("\nproxy thing@localhost:" .. port .. "  ready\n  held%(%) for reply\n", shown)
end

describe("gdb", function()
  after_each(process.stop_all)

  it("shows tasks, connections and Lua's stack", function()
    local shown = debugged(WAITS, { "tbreak epoll_wait", "continue", "pyro tasks", "pyro connections", "pyro lua" })
    check_tasks(shown)
    check_connections(shown)
    assert.matches("\nthread 0x%x+\n  daemon_wait\n  pyro/daemon.lua:%d+\n  %S*program.lua:14\n", shown)
  end)

  if not process.preload() then -- with AddressSanitizer, a core dump has terabytes
    it("shows them of a core dump", function()
      local core, pyrolua = process.file("core", ""), process.pyrolua()
      debugged(WAITS, { "tbreak epoll_wait", "continue", "generate-core-file " .. core })
      local shown = gdb { "-ex", "pyro tasks", "-ex", "pyro connections", pyrolua[#pyrolua], core }
      check_tasks(shown)
      check_connections(shown)
    end)
  end

  it("shows where a coroutine computes", function()
    local shown = debugged([[
local function compute()
  while true do math.ult(1, 2) end
end
local resume = coroutine.wrap(function()
  compute()
end)
resume()
]], { "pyro tasks", "pyro lua" })
    assert.matches("\n  running +0x%x+  %S*program.lua:8\n", shown)
    assert.matches("\nthread 0x%x+\n  luaB_auxwrap\n  %S*program.lua:8\nit runs a coroutine:\n"
      .. "thread 0x%x+\n  math_ult\n  %S*program.lua:3\n  %S*program.lua:6\n", shown)
  end)

  it("says where there is nothing of pyrolua's", function()
    assert.matches("No runtime of pyrolua here: select the thread that runs it", gdb { "-ex", "pyro tasks" })
  end)
end)
