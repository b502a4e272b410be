--- Programs whose standard streams are closed.
local process = require "spec.support.process"

local CLOSED = { "<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-" }

--- Makes a call over TCP and one over a Unix socket; prints the answers, and writes them to a file.
local SCRIPT = [[
local pyro = require "pyro"
local path, socket = ...
local answers = {}
for _, options in ipairs { {}, { unixsocket = socket } } do
  local daemon <close> = pyro.Daemon(options)
  local q <close> = pyro.Proxy(daemon:register { answer = function() return 42 end })
  print(q:answer())
  io.stdout:flush()
  answers[#answers + 1] = q:answer()
end
io.open(path, "w"):write(table.concat(answers, " "))
]]

local function programs()
  local stock = ("LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH='./%s/lua/5.4/?.so;;' lua5.4"):format(
    process.build())
  return { pyrolua = table.concat(process.pyrolua(), " "), ["lua5.4"] = stock }
end

describe("with closed standard streams", function()
  after_each(process.stop_all)

  for name, words in pairs(programs()) do
    for _, closed in ipairs(CLOSED) do
      it(("%s %s calls and prints"):format(name, closed), function()
        local script = process.file("calls.lua", SCRIPT)
        local result = process.file("result", "")
        local run = process.run { "sh", "-c", ("%s %s %s %s.socket %s"):format(words, script, result, result, closed),
          env = { LD_PRELOAD = name == "lua5.4" and process.preload() or nil } }
        assert.are.equal(0, run.code, run.output)
        assert.are.equal("42 42", io.open(result):read "a")
        assert.are.equal((closed:find "^>" or closed:find " >") and "" or "42\n42\n", run.out)
      end)
    end
  end

  it("the name server runs", function()
    local words = table.concat(process.pyrolua(), " ")
    local port = process.free_port()
    local server = process.start { "sh", "-c",
      ("exec %s -m pyro.naming -p %d <&- >&- 2>&-"):format(words, port) }
    local ping
    repeat
      ping = process.run_pyrolua { "-m", "pyro.nsc", "-n", "localhost", "-p", tostring(port), "ping" }
    until ping.code == 0 or server.code
    assert.are.equal("Name server ping ok.\n", ping.output)
  end)
end)
