--- Log of a server where nothing is set: a method that fails leaves a trace.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local uv = require "luv"

local SERVER = [[
  local shop = {}
  function shop:text() error "sold out" end
  function shop:value() error(pyro.ValueError "no\27[2J\nchairs\u{202e}\u{2028}") end
  function shop:table() error { code = 5 } end
  function shop:note() error "unheard" end
  function shop:items() return coroutine.wrap(function() error "no more" end) end
  function shop:stop() self.daemon:shutdown() end
  pyro.oneway(shop, "note", "stop")
  local daemon = pyro.Daemon {}
  shop.daemon = daemon
  function daemon:validateHandshake(_, data) assert(data ~= "wrong", "who are you?") end
  print(daemon:register(shop, "shop"))
  daemon:requestLoop()]]

local LINE = "%%[%d+%-%d+%-%d+ %d+:%d+:%d+%.%d+,pyrolua%.daemon,WARNING%] 127%.0%.0%.1:%d+: "
local CALL = " %[correlation_id=%x+%-%x+%-4%x+%-%x+%-%x+%]"

local function start(env)
  local server = process.start_pyrolua { "-e", SERVER, env = env }
  return server, (server:expect "(PYRO:shop@%S+)\n")
end

--- Runs code that has the proxy as a local variable.
local function run(uri, code)
  local client = process.run_pyrolua { "-e", ("local shop = pyro.Proxy '%s' %s"):format(uri, code) }
  assert.are.equal("", client.err)
end

local function ended(server)
  assert.are.equal(0, (server:wait()))
  return server.err
end

--- Asserts that each is a line, in order.
local function assert_lines(texts, err)
  local at = 1
  for _, text in ipairs(texts) do
    local _, last = err:find("^" .. LINE:gsub("^%%", "", 1) .. text .. "\n", at)
    assert(last, ("%s\nexpected: %s"):format(err, text))
    at = last + 1
  end
  assert.are.equal(#err + 1, at, err)
end

describe("a server's log", function()
  after_each(process.stop_all)

  it("has a line for each call that takes LOGSLOW seconds", function()
    local server = process.start_pyrolua { "-e", [[
      local shop = {}
      function shop:wait(seconds) pyro.sleep(seconds) end
      function shop:stop() self.daemon:shutdown() end
      local daemon = pyro.Daemon {}
      shop.daemon = daemon
      print(daemon:register(shop, "shop"))
      daemon:requestLoop()]], env = { PYROLUA_LOGSLOW = "0.2" } }
    run(server:expect "(PYRO:shop@%S+)\n", [[
      shop:wait(0) shop:wait(0.25)
      local batch = pyro.batch(shop)
      batch:wait(0) batch:wait(0.3)
      for _ in batch() do end
      shop:stop()]])
    assert_lines({ "shop%.wait: took 0%.[2-9]%d+ s" .. CALL, "shop%.wait: took 0%.[3-9]%d+ s" .. CALL }, ended(server))
  end)

  it("has a line for each method that fails, on the standard error", function()
    local server, uri = start()
    run(uri, [[
      pcall(shop.text, shop) pcall(shop.value, shop) pcall(shop.table, shop) shop:note()
      local batch = pyro.batch(shop)
      batch:text()
      pcall(batch())
      pcall(shop:items())
      pcall(function() return pyro.Proxy(shop._pyroUri, { handshake = "wrong" }):text() end)
      shop:stop()]])
    assert_lines({ "shop%.text: RuntimeError: %(command line%):2: sold out" .. CALL,
      "shop%.value: ValueError: no\\x1b%[2J\\x0achairs\\xe2\\x80\\xae\\xe2\\x80\\xa8" .. CALL,
      "shop%.table: RuntimeError: {'code': 5}" .. CALL,
      "shop%.note: RuntimeError: %(command line%):5: unheard" .. CALL,
      "shop%.text: RuntimeError: %(command line%):2: sold out" .. CALL,
      "shop%.items: RuntimeError: %(command line%):6: no more" .. CALL,
      "handshake failed: %(command line%):11: who are you%?" }, ended(server))
  end)

  it("names the attribute that cannot be read or set", function()
    local server = process.start_pyrolua { "-e", [[
      local shop = setmetatable({}, { __index = function(_, name) error("no " .. name) end,
        __newindex = function(_, name, value) error(pyro.ValueError(#value .. " is no " .. name)) end })
      rawset(shop, "stop", function(self) self.daemon:shutdown() end)
      pyro.attributes(shop, "price")
      local daemon = pyro.Daemon {}
      rawset(shop, "daemon", daemon)
      print(daemon:register(shop, "shop"))
      daemon:requestLoop()]] }
    run(server:expect "(PYRO:shop@%S+)\n", [[
      local invoke = require("pyro.core").invoke
      pcall(function() return shop.price end)
      pcall(function() shop.price = "dear" end)
      pcall(function() shop.price = ("dear"):rep(50000) end)
      pcall(invoke, shop, nil, "__getattr__", false, "odd\27[2J\nname")
      pcall(invoke, shop, nil, "__getattr__", false, ("long"):rep(2000))
      pcall(invoke, shop, nil, "__getattr__", false, 5)
      pcall(invoke, shop, "shoe", "__getattr__", false, "size")
      shop:stop()]])
    local err = ended(server)
    assert_lines({ "shop%.price: RuntimeError: %(command line%):1: no price" .. CALL,
      "shop%.price: ValueError: 4 is no price" .. CALL,
      "shop%.__setattr__: ValueError: 200000 is no price" .. CALL, -- too long to be read again
      "shop%.odd\\x1b%[2J\\x0aname: RuntimeError: %(command line%):1: no odd\\x1b%[2J\\x0aname" .. CALL,
      "shop%.longlong[long]*%.%.%.: RuntimeError: %(command line%):1: no longlong[^\n]*" .. CALL,
      "shop%.__getattr__: RuntimeError: malformed attribute access" .. CALL,
      "shoe%.size: DaemonError: [^\n]*" .. CALL }, err)
    for line in err:gmatch "[^\n]+" do
      assert.is_true(#line < 2500)
    end
  end)

  it("is silent where LOGLEVEL says so, and goes where LOGFILE says", function()
    local server, uri = start { PYRO_LOGLEVEL = "" }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    assert.are.equal("", ended(server))
    server, uri = start { PYRO_LOGLEVEL = "CRITICAL", PYRO_LOGFILE = "{stderr}" }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    assert.are.equal("", ended(server))
    local path = process.file("named.log", "")
    server, uri = start { PYRO_LOGFILE = path }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    assert.are.equal("", ended(server))
    assert_lines({ "shop%.text: .*" }, assert(io.open(path)):read "a")
  end)

  it("counts what peers could flood it with", function()
    local server, uri = start()
    run(uri, "for i = 1, 500 do pcall(shop.text, shop) end shop:stop()")
    local err = ended(server)
    local _, lines = err:gsub("\n", "")
    local told = 0
    for count in err:gmatch "WARNING%] (%d+) more calls of shop.text failed: RuntimeError\n" do
      told, lines = told + count, lines - 1
    end
    assert.are.equal(500, lines + told)
    assert.is_true(lines < 100, err)
  end)

  it("has tracebacks at the level INFO, in lines of their own", function()
    local server, uri = start { PYRO_LOGLEVEL = "INFO", PYRO_LOGFILE = "{stderr}" }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    local text = ended(server):gsub("%[%d+%-%d+%-%d+ %d+:%d+:%d+%.%d+,pyrolua%.daemon,", "[")
    assert.matches("%[WARNING%] 127%.0%.0%.1:%d+: shop%.text: RuntimeError: %(command line%):2: sold out"
      .. CALL .. "\n%[INFO%] Traceback %(most recent call last%):\n"
      .. '%[INFO%]   File "%(command line%)", line 2, in text\n'
      .. "%[INFO%] RuntimeError: %(command line%):2: sold out\n", text)
    assert.is_nil(text:find "\n[^%[]")
  end)

  it("does not have names that a name server does not know", function()
    local server, env = peers.name_server "Lua"
    for _ = 1, 2 do
      process.run_pyrolua { "-e", "pyro.locateNS():lookup 'nobody'", env = env }
    end
    server:kill "sigterm"
    server:wait()
    assert.are.equal("", server.err)
  end)
end)

--- Reads lines of JSON as strictly as Python does, and prints their members as Lua.
local READER = [[
import json, sys
for line in sys.stdin.buffer:
    entry = json.loads(line.decode("utf-8", "strict"))
    assert all(type(value) is str for value in entry.values())
    print("entry{" + ",".join("%s=%s" % (name, json.dumps(value).replace("\\u", "\\\\u"))
        for name, value in entry.items()) + "}")
]]

--- Returns the objects of a log in JSON.
local function entries(text)
  local reader = process.run { "/usr/bin/python3", "-c", READER, input = text }
  assert.are.equal(0, reader.code, reader.output)
  local list = {}
  assert(load(reader.out, "entries", "t", {
    entry = function(members)
      list[#list + 1] = members
    end,
  }))()
  return list
end

describe("a log in JSON", function()
  after_each(process.stop_all)

  local JSON = { PYROLUA_LOGFORMAT = "json" }

  it("is what programs read, whatever clients send", function()
    local server, uri = start(JSON)
    run(uri, [[
      pcall(shop.text, shop) pcall(shop.value, shop) shop:note()
      pcall(shop:items())
      pcall(function() return pyro.Proxy(shop._pyroUri, { handshake = "wrong" }):text() end)
      shop:stop()]])
    local list = entries(ended(server))
    for i, expected in ipairs {
      { "text", "RuntimeError", "shop.text: RuntimeError: (command line):2: sold out" },
      { "value", "ValueError", "shop.value: ValueError: no\\u001b[2J\nchairs\\u202e\\u2028" },
      { "note", "RuntimeError", "shop.note: RuntimeError: (command line):5: unheard" },
      { "items", "RuntimeError", "shop.items: RuntimeError: (command line):6: no more" },
    } do
      local entry = list[i]
      assert.matches("^%d+%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d[+-]%d%d:%d%d$", entry.time)
      assert.matches("^127%.0%.0%.1:%d+$", entry.client)
      assert.matches("^%x+%-%x+%-4%x+%-%x+%-%x+$", entry.correlation_id)
      entry.time, entry.client, entry.correlation_id = nil, nil, nil
      assert.are.same({ level = "WARNING", logger = "pyrolua.daemon", object = "shop", method = expected[1],
        error = expected[2], message = expected[3] }, entry)
    end
    assert.are.equal("handshake failed: (command line):11: who are you?", list[5].message)
    assert.are.equal(5, #list)
  end)

  it("has tracebacks at the level INFO", function()
    local server, uri = start { PYROLUA_LOGFORMAT = "json", PYROLUA_LOGLEVEL = "INFO", PYROLUA_LOGFILE = "{stderr}" }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    for _, entry in ipairs(entries(ended(server))) do
      assert.are.equal(entry.method == "text", entry.traceback ~= nil)
      if entry.traceback then
        assert.are.equal("Traceback (most recent call last):\n"
          .. '  File "(command line)", line 2, in text\nRuntimeError: (command line):2: sold out\n', entry.traceback)
      end
    end
  end)

  it("tells of which trace a call is part", function()
    local server, uri = start(JSON)
    run(uri, [[
      pyro.current_context.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      pcall(shop.text, shop)
      pyro.current_context.traceparent = nil
      pcall(shop.text, shop)
      shop:stop()]])
    local list = entries(ended(server))
    assert.are.equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", list[1].traceparent)
    assert.is_nil(list[2].traceparent)
  end)

  it("tells how many lines were left out", function()
    local server, uri = start(JSON)
    run(uri, "for i = 1, 500 do pcall(shop.text, shop) end shop:stop()")
    local list = entries(ended(server))
    assert.matches("^%d+ more calls of shop%.text failed: RuntimeError$", list[#list].message)
    assert.are.equal("WARNING", list[#list].level)
  end)

  it("is an error where the form is not known", function()
    for name, value in pairs { PYROLUA_LOGFORMAT = "xml", PYRO_LOGFORMAT = "JSON" } do
      local program = process.run_pyrolua { "-e", "pyro.sleep(0)", env = { [name] = value } }
      assert.are.equal(1, program.code)
      assert.are.equal(("pyrolua: invalid value: %s=%s (text or json)\n"):format(name, value), program.err)
    end
    local program = process.run_pyrolua { "-e",
      "pyro.config.LOGFORMAT = 'json' pyro.log.warning 'x' pyro.config.LOGFORMAT = nil" }
    assert.are.equal("x", entries(program.err:match "^[^\n]*\n")[1].message)
    assert.matches("invalid value: LOGFORMAT may not be nil", program.err)
  end)
end)

describe("a log in systemd's journal", function()
  after_each(process.stop_all)

  --- Runs code whose standard error is what JOURNAL_STREAM says, or not.
  local function run_in_journal(stream, code, env)
    local words = table.concat(process.pyrolua(), " ")
    return process.run { "sh", "-c", ("JOURNAL_STREAM=%s exec %s -e \"$0\""):format(stream, words), code, env = env }
  end

  local STDERR = "$(stat -L -c %d:%i /proc/self/fd/2)"
  local CODE = [[
    pyro.config.LOGLEVEL, pyro.config.LOGFILE = "DEBUG", "{stderr}"
    for _, name in ipairs { "debug", "info", "warning", "error", "critical" } do pyro.log[name](name) end]]

  it("has the journal's levels, and no time", function()
    local program = run_in_journal(STDERR, CODE)
    assert.are.equal("<7>pyrolua.script: debug\n<6>pyrolua.script: info\n<4>pyrolua.script: warning\n"
      .. "<3>pyrolua.script: error\n<2>pyrolua.script: critical\n", program.err)
  end)

  it("has them before JSON, too", function()
    local program = run_in_journal(STDERR, "pyro.log.warning 'x'", { PYRO_LOGFORMAT = "json" })
    assert.are.equal("x", entries(program.err:match "^<4>(.*\n)$")[1].message)
  end)

  it("has the error that ends a program as an error, line by line", function()
    assert.are.equal("<3>pyrolua: (command line):1: a\n<3>b\n<3>stack traceback:\n",
      run_in_journal(STDERR, "error 'a\\nb'").err:match "^.-traceback:\n")
    local located = run_in_journal(STDERR, "pyro.locateNS('localhost', 1)")
    assert.matches("^<3>pyrolua: [^\n]*NamingError: [^\n]*\n$", located.err)
  end)

  it("is one only if the standard error is it", function()
    for _, stream in ipairs { "1:1", "''", "$(stat -L -c %d:%i /proc/self/fd/1)" } do
      assert.matches("^%[%d[^\n]*,pyrolua%.script,WARNING%] x\n$", run_in_journal(stream, "pyro.log.warning 'x'").err)
    end
    local path = process.file("file.log", "")
    local program = run_in_journal(STDERR, "pyro.log.warning 'x'", { PYRO_LOGFILE = path })
    assert.are.equal("", program.err)
    assert.matches("^%[%d[^\n]*,pyrolua%.script,WARNING%] x\n$", assert(io.open(path)):read "a")
  end)
end)

describe("SIGUSR2", function()
  after_each(process.stop_all)

  local function read(path)
    local file <close> = assert(io.open(path))
    return file:read "a"
  end

  --- Starts code that logs to a file, and waits until it says that it is ready.
  local function start_logging(code, env)
    local path = process.file("rotated.log", "")
    local words = { "-e", code, env = { PYROLUA_LOGFILE = path, PYROLUA_LOGLEVEL = "WARNING" } }
    for name, value in pairs(env or {}) do
      words.env[name] = value
    end
    local program = process.start_pyrolua(words)
    program:expect "READY\n"
    return program, path
  end

  it("lets a program open its log file again, at once, and changes nothing else", function()
    local program, path = start_logging [[
      pyro.log.warning "one"
      local daemon = pyro.Daemon {}
      pyro.spawn(print, "READY")
      pyro.spawn(function()
        pyro.readable(0)
        print("GOT " .. io.read())
        pyro.log.warning "two"
        daemon:shutdown()
      end)
      daemon:requestLoop()]]
    assert(os.rename(path, path .. ".1"))
    program:kill "sigusr2"
    assert.is_true(process.eventually(function()
      local file <close> = io.open(path)
      return file
    end))
    assert.are.equal("", read(path))
    program:write "on\n"
    program:expect "GOT on\n"
    assert.are.equal(0, program:wait())
    assert.matches("two\n$", read(path))
    assert.matches("one\n$", read(path .. ".1"))
    assert.are.equal("", program.err)
  end)

  it("is what logrotate sends", function()
    local program, path = start_logging [[
      pyro.log.warning "one"
      pyro.spawn(print, "READY")
      pyro.readable(0)
      pyro.log.warning "two"]]
    local settings = process.file("logrotate.conf", ("%s {\n  rotate 2\n  create\n  postrotate\n    kill -USR2 %d\n"
      .. "  endscript\n}\n"):format(path, program.pid))
    local state = process.file("logrotate.state", "")
    local command = ("chmod 600 %s %s && logrotate -f -s %s %s"):format(settings, state, state, settings)
    local rotation = process.run { "sh", "-c", command }
    assert.are.equal("", rotation.output)
    program:write "on\n"
    assert.are.equal(0, program:wait())
    assert.matches("^[^\n]*two\n$", read(path))
    assert.matches("^[^\n]*one\n$", read(path .. ".1"))
  end)

  it("does so for the next line where a script computes", function()
    local go = process.file("go", "")
    os.remove(go)
    local program, path = start_logging([[
      pyro.log.warning "one"
      print "READY" io.stdout:flush()
      local file
      repeat file = io.open(os.getenv "GO") until file
      pyro.log.warning "two"]], { GO = go })
    assert(os.rename(path, path .. ".1"))
    program:kill "sigusr2"
    process.file("go", "")
    assert.are.equal(0, program:wait())
    assert.matches("two\n$", read(path))
    assert.matches("one\n$", read(path .. ".1"))
  end)

  it("changes nothing where the file cannot be opened; the log tells it once", function()
    local folder = process.file("folder", "")
    os.remove(folder)
    assert(uv.fs_mkdir(folder, 448))
    local program = start_logging([[
      pyro.log.warning "one"
      pyro.spawn(print, "READY")
      while true do pyro.sleep(0.01) pyro.log.warning(os.time()) end]], { PYROLUA_LOGFILE = folder .. "/log" })
    assert(os.rename(folder, folder .. "-"))
    local path = folder .. "-/log"
    local COMPLAINT = "log,ERROR%] cannot open [^\n]*/log again: No such file or directory; the old one is used\n"
    program:kill "sigusr2"
    assert.is_true(process.eventually(function()
      return read(path):find(COMPLAINT)
    end))
    program:kill "sigusr2"
    local size = #read(path)
    assert.is_true(process.eventually(function()
      return #read(path) > size
    end))
    program:kill "sigterm"
    program:wait()
    assert.are.equal(1, select(2, read(path):gsub(COMPLAINT, "")))
    assert.are.equal("", program.err)
    os.remove(path)
    os.remove(folder .. "-")
  end)

  it("is the script's if that handles it, or what started it ignores it", function()
    local program = start_logging [[
      local uv = require "luv"
      local signal = uv.new_signal()
      signal:start("sigusr2", function() print "MINE" os.exit(0) end)
      pyro.spawn(print, "READY")
      while true do uv.run "nowait" pyro.sleep(0.01) end]]
    program:kill "sigusr2"
    program:expect "MINE\n"
    assert.are.equal(0, program:wait())
    local words = table.concat(process.pyrolua(), " ")
    program = process.run { "sh", "-c", ("trap '' USR2; exec %s -e 'os.execute \"kill -USR2 $PPID\" print \"ALIVE\"'")
      :format(words) }
    assert.are.equal("ALIVE\n", program.out)
  end)

  it("does no harm where there is no log file", function()
    local program = process.start_pyrolua { "-e", "pyro.spawn(print, 'READY') print(pyro.readable(0), io.read())" }
    program:expect "READY\n"
    program:kill "sigusr2"
    program:write "on\n"
    program:expect "on\n"
    assert.are.equal(0, program:wait())
  end)
end)
