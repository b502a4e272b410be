--- The program pyrolua: it runs Lua as lua does.
local process = require "spec.support.process"

local function command_of(program, arguments)
  local command = { input = arguments.input, env = arguments.env }
  table.move(program, 1, #program, 1, command)
  return table.move(arguments, 1, #arguments, #command + 1, command)
end

local function first_line(text)
  return text:match "[^\n]*"
end

--- The same exit code and output, and the same first line of an error.
local function same(command)
  local lua = process.run(command_of({ "lua5.4" }, command))
  local ours = process.run(command_of(process.pyrolua(), command))
  local what = table.concat(command, " ")
  assert.are.equal(lua.code, ours.code, what)
  assert.are.equal(lua.out, ours.out, what)
  assert.are.equal(first_line(lua.err), (first_line(ours.err):gsub("^pyrolua", "lua5.4")), what)
end

describe("pyrolua", function()
  after_each(process.stop_all)

  it("runs a script with its arguments", function()
    local script = process.file("arguments.lua",
      "#!/usr/bin/env pyrolua\nprint(arg[0], #arg, ...)\nfor i = 1, #arg do print(i, arg[i]) end")
    same { script, "one", "two words", "" }
    same { "-e", "x = 5", script, "-e", "not code" }
    same { "--", script, "after" }
  end)

  it("runs code, modules, and what comes from stdin", function()
    same { "-e", "print(1)" }
    same { "-eprint(2)", "-e", "print(x)" }
    same { "-l", "string", "-e", "print(string.rep('x', 3))" }
    same { "-l", "s=string", "-e", "print(s.rep('x', 3))" }
    same { "-", "one", input = "print('from stdin', arg[0], ...)" }
    same { input = "print 'from stdin'" }
    same { "-W", "-e", "warn 'careful'" }
    same { "-E", "-e", "print(package.path ~= nil)", env = { LUA_INIT = "print 'never'" } }
    same { "-e", "print 'after'", env = { LUA_INIT = "print 'init'" } }
  end)

  it("ends with the exit code that the script gives", function()
    same { "-e", "os.exit(3)" }
    same { "-e", "os.exit(true)" }
    same { "-e", "os.exit(false)" }
    same { "-e", "error 'x'" }
    same { "-e", "return 5" }
  end)

  it("says what went wrong", function()
    same { "no-such-script.lua" }
    same { "-e", "x = = 1" }
    same { "-e", "error('message', 0)" }
    same { "-e", "error { code = 2 }" }
    same { "-e", "error(setmetatable({}, { __tostring = function() return 'shown' end }))" }
    same { "-e", "error()" }
    same { "-e", "local x = nil; x.y = 1" }
    same { "-l", "no_such_module" }
    same { process.file("syntax.lua", "print(\n") }
    same { process.file("fails.lua", "local function f() error 'deep' end\nf()\n") }
    same { "-x" }
    same { "-e" }
    same { "-vx" }
    same { "-l" }
  end)

  it("shows the traceback of an error", function()
    local script = process.file("traceback.lua", "local function f() error 'deep' end\nlocal x = f()\n")
    local run = process.run_pyrolua { script }
    assert.matches("^pyrolua: .*traceback.lua:1: deep\nstack traceback:\n", run.err)
    assert.matches("traceback.lua:2: in main chunk", run.err)
  end)

  it("ends with its script, whatever still waits where it cannot yield", function()
    local script = process.file("nested.lua", [[
      local pyro = require "pyro"
      pyro.spawn(table.sort, { 1, 2 }, function() pyro.sleep(1000) end)
      pyro.sleep(0.05)
      print "over"
    ]])
    local run = process.run_pyrolua { script }
    assert.are.same({ 0, "over\n", "" }, { run.code, run.out, run.err })
  end)

  it("ends tasks that still wait with its script, and waits for those that it is told to", function()
    local run = process.run_pyrolua { "-e", [[
      local function task(name, seconds)
        return pyro.spawn(function()
          pyro.sleep(seconds)
          print(name)
        end)
      end
      task("never", 1000)
      assert(pyro.join(task("waited for", 0.1)))
    ]] }
    assert.are.same({ 0, "waited for\n", "" }, { run.code, run.out, run.err })
  end)

  it("ends when nobody reads what it prints, as lua does", function()
    local run = process.run { "bash", "--norc", "-c", process.build()
      .. "/pyrolua -e 'while true do print(1) end' | head -1; echo ${PIPESTATUS[0]}" }
    assert.are.equal("1\n141\n", run.out)
  end)

  it("shows its version and its options", function()
    assert.matches("^pyrolua %d+%.%d+%.%d+ .*Lua 5.4", process.run_pyrolua({ "-v" }).out)
    local help = process.run_pyrolua { "--help" }
    assert.are.equal(0, help.code)
    assert.matches("usage: pyrolua", help.out)
  end)

  it("interprets what is typed", function()
    local run = process.run_pyrolua { "-i", input = table.concat({
      "1 + 1", "= 'old way'", "x = 3", "x", "for i = 1, 2 do", "print(i)", "end", "error 'oops'",
      "nil, 5", "x = = 2", "pyro.repr {}", "" }, "\n") }
    assert.are.equal(0, run.code)
    for _, line in ipairs { "> 2\n", "old way", "> 3\n", ">> >> 1\n2\n", "nil\t5", "%[%]" } do
      assert.matches(line, run.out)
    end
    assert.matches("oops", run.err)
    assert.matches("unexpected symbol near '='", run.err)
  end)

  it("finds modules beside the script", function()
    process.file("beside_me.lua", "return { answer = 42 }")
    local script = process.file("uses.lua", "print(require('beside_me').answer)")
    assert.are.equal("42\n", process.run_pyrolua({ script }).out)
    assert.are.equal("42\n", process.run {
      "sh", "-c", ("p=$PWD; cd %s && $p/%s/pyrolua uses.lua"):format(script:match "(.*)/", process.build()),
    }.out)
  end)

  it("has all of pyro in one file", function()
    local elsewhere = process.run {
      "sh", "-c", "cp " .. process.build() .. "/pyrolua /tmp/pyrolua-alone.$$ && cd / && "
        .. "/tmp/pyrolua-alone.$$ -e 'print(require(\"pyro\").repr {})'; rm /tmp/pyrolua-alone.$$" }
    assert.are.equal("[]\n", elsewhere.out)
  end)

  it("runs modules as programs", function()
    assert.matches("usage", process.run_pyrolua({ "-m", "pyro.nsc", "-h" }).out:lower())
    local run = process.run_pyrolua { "-m", "no.such.module" }
    assert.are.equal(1, run.code)
    assert.matches("module 'no.such.module' not found", run.err)
    run = process.run_pyrolua { "-m", "pyro.config" }
    assert.are.equal(1, run.code)
    assert.matches("has no main function", run.err)
  end)

  it("refuses settings in the environment that make no sense", function()
    for name, value in pairs { PYRO_NS_PORT = "many", PYRO_COMMTIMEOUT = "-1",
      PYRO_SERIALIZER = "yaml", PYRO_LOGLEVEL = "LOUD", PYRO_METADATA = "perhaps" } do
      local run = process.run_pyrolua { "-e", "print(1)", env = { [name] = value } }
      assert.are.equal(1, run.code)
      assert.are.equal("", run.out)
      assert.matches("^pyrolua: [^\n]*" .. name .. "[^\n]*\n$", run.err)
    end
  end)

  it("warns of settings in the environment that there are not", function()
    for name, meant in pairs { PYRO_NO_SUCH = false, PYROLUA_NO_SUCH = false,
      PYRO_COMMTIMEOT = "PYRO_COMMTIMEOUT", PYROLUA_COMMTIMEOT = "PYROLUA_COMMTIMEOUT" } do
      local run = process.run_pyrolua { "-e", "print(1)", env = { [name] = "x" } }
      assert.are.equal(0, run.code)
      assert.are.equal(("pyrolua: warning: %s is no setting of this version; %s\n"):format(name,
        meant and ("did you mean %s?"):format(meant) or "ignored"), run.err)
    end
  end)
end)

describe("control-c", function()
  after_each(process.stop_all)

  local server = [[
    local daemon = pyro.Daemon {}
    local gone = setmetatable({}, { __gc = function() print "collected" end })
    local uri = daemon:register({ slow = function() print 'called'; pyro.sleep(1000) end }, "x")
    pyro.spawn(print, uri) -- once the loop runs
    daemon:requestLoop()
    print("loop over", daemon.closed)
  ]]

  for _, signal in ipairs { "sigint", "sigterm" } do
    it("ends a request loop cleanly: " .. signal, function()
      local run = process.start_pyrolua { "-e", server }
      run:expect "PYRO:x@"
      run:kill(signal)
      run:expect "loop over\ttrue\ncollected"
      assert.are.equal(0, run:wait())
    end)
  end

  it("the second time ends at once what the first did not", function()
    local run = process.start_pyrolua { "-e", server .. "while true do end" }
    run:expect "PYRO:x@"
    run:kill "sigint"
    run:expect "loop over"
    run:kill "sigint"
    local _, signal = run:wait()
    assert.are.equal(2, signal)
  end)

  it("does not wait for calls in flight without a GRACE_TIME", function()
    local run = process.start_pyrolua { "-e", server, env = { PYROLUA_GRACE_TIME = "0" } }
    local uri = run:expect "(PYRO:x@%S+)"
    local caller = process.start_pyrolua { "-e", ("pyro.Proxy '%s':slow()"):format(uri) }
    run:expect "called"
    run:kill "sigint"
    assert.are.equal(0, run:wait())
    assert.are.equal(1, caller:wait())
    assert.matches("ConnectionClosedError", caller.err)
  end)
end)
