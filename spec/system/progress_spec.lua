--- How far long work is, where a terminal is watching: never in the output.
local process = require "spec.support.process"
local throttle = require "spec.support.throttle"

local CLEAR = "\r\27%[K"
local PYROLUA = table.concat(process.pyrolua(), " ")

local SERVER = [[
  local slow = {}
  function slow:items(count, seconds)
    return coroutine.wrap(function()
      for i = 1, count do
        pyro.sleep(seconds)
        coroutine.yield(i)
      end
    end)
  end
  function slow:text(size)
    return ("x"):rep(size)
  end
  function slow:late(seconds)
    pyro.sleep(seconds)
  end
  local daemon = pyro.Daemon {}
  print(daemon:register(slow, "slow"))
  daemon:requestLoop()]]

--- Runs a command of the shell on a terminal of its own; returns what that shows.
local function on_terminal(command, env)
  local variables = { TERM = "xterm", ASAN_OPTIONS = "detect_leaks=0" }
  for name, value in pairs(env or {}) do
    variables[name] = value
  end
  local run = process.run { "script", "-qfec", command, "/dev/null", env = variables }
  assert.are.equal(0, run.code, run.output)
  return run.output
end

--- Returns the texts of the line, after which it has to be gone. Nothing else may be shown.
local function texts_of(shown)
  local rest = shown:gsub(CLEAR .. "[^\r\n]*", "")
  assert.are.equal("", rest)
  assert.matches(CLEAR .. "$", shown)
  local texts = {}
  for text in shown:gmatch(CLEAR .. "([^\r]+)") do
    texts[#texts + 1] = text
  end
  return texts
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

describe("progress is shown", function()
  local uri, slow_uri, out

  before_each(function()
    local server = process.start_pyrolua { "-e", SERVER }
    uri = server:expect "(PYRO:slow@%S+)\n"
    slow_uri = uri:gsub("%d+$", function(port)
      return throttle(port, 1000000)
    end)
    out = process.file("out", "")
  end)
  after_each(process.stop_all)

  it("by pyrolua call: items of a stream", function()
    local texts = texts_of(on_terminal(("%s call %s items 30 0.05 > %s"):format(PYROLUA, uri, out)))
    local items = tonumber(texts[#texts]:match "^(%d+) items, %d+/s, received [%d.]+ %a+, [%d.]+ %a+/s$")
    assert.is_true(items > 1 and items <= 30)
    local lines = {}
    for i = 1, 30 do
      lines[i] = i .. "\n"
    end
    assert.are.equal(table.concat(lines), read(out))
  end)

  it("by pyrolua call: how much of a large value is there", function()
    local texts = texts_of(on_terminal(("%s call %s text 1500000 > %s"):format(PYROLUA, slow_uri, out)))
    local before = 0
    for _, text in ipairs(texts) do
      local here, whole = text:match "^received ([%d.]+) kB of ([%d.]+) MB, [%d.]+ kB/s$"
      if here then
        assert.are.equal("1.5", whole)
        assert.is_true(tonumber(here) >= before)
        before = tonumber(here)
      end
    end
    assert.is_true(before > 0)
    assert.are.equal('"' .. ("x"):rep(1500000) .. '"\n', read(out))
  end)

  it("by pyrolua call: that nothing has come yet", function()
    local texts = texts_of(on_terminal(("%s call %s late 1.5 > %s"):format(PYROLUA, uri, out)))
    assert.matches("^waiting, %d s$", texts[1])
    assert.matches("^waiting, [1-9] s$", texts[#texts])
  end)

  it("apart from output on the same terminal", function()
    local shown = on_terminal(("%s call %s items 20 0.1"):format(PYROLUA, uri))
    assert.matches(CLEAR .. "%d+ items, [^\r]*" .. CLEAR .. "20\r\n$", shown)
    for line in shown:gmatch "([^\n]*)\n" do
      assert.matches(CLEAR .. "%d+\r$", "\r\27[K" .. line)
    end
  end)

  it("as far as the terminal is wide", function()
    local shown = on_terminal(("stty cols 10; exec %s call %s late 1 > %s"):format(PYROLUA, uri, out))
    assert.are.equal("waiting, ", texts_of(shown)[1])
  end)

  it("not elsewhere, and not on terminals that cannot take it away", function()
    assert.are.equal("", on_terminal(("%s call %s late 1 > %s 2>&1"):format(PYROLUA, uri, out)))
    assert.are.equal("nil\n", read(out))
    assert.are.equal("nil\r\n", on_terminal(("%s call %s late 1"):format(PYROLUA, uri), { TERM = "dumb" }))
  end)

  it("by pyrolua-nsc: names that come, and that are removed", function()
    local server = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    local port = server:expect "Pyro.NameServer@localhost:(%d+)"
    local code = ([[local ns = pyro.locateNS("localhost", %s)
      local batch = pyro.batch(ns.proxy)
      for i = 1, 20000 do batch:register("name." .. i, "PYRO:id@localhost:1") end
      batch()]]):format(port)
    assert.are.equal("", process.run_pyrolua({ "-e", code }).output)
    local nsc = ("%s -m pyro.nsc -n 127.0.0.1 -p %d"):format(PYROLUA, throttle(port, 300000))
    local texts = texts_of(on_terminal(("%s list > %s"):format(nsc, out)))
    assert.matches("^received [%d.]+ %a+ of [%d.]+ kB, [%d.]+ kB/s$", texts[#texts])
    assert.matches("^%-+START LIST .*name%.19999 %-%-> PYRO:id@localhost:1\n.*%-+END LIST \n$", read(out))
    local shown = on_terminal(("echo y | %s removematching 'name.*' > %s"):format(nsc, out))
    texts = texts_of(shown)
    assert.matches("^removed [%d,]+ of 20,000$", texts[#texts])
    assert.matches("%?20000 items removed%.\n$", read(out))
  end)

  it("by benchmarks", function()
    local shown = on_terminal(("LUA_PATH='./?.lua;;' B=%s lua5.4 spec/bench/bench.lua quick start"):format(
      process.build()))
    assert.matches(CLEAR .. "start, 1 of 1, %d:%d%d: [^\r]*: [%w.]+, run %d of 3" .. CLEAR, shown)
    assert.matches(CLEAR .. "[^\r]*\r\n  pyrolua ", shown)
  end)
end)
