--- The interactive mode on a real terminal: editing, history, completion, and what goes on meanwhile.
local process = require "spec.support.process"
local uv = require "luv"

local CONTROL_C, CONTROL_D, UP, TAB = "\3", "\4", "\27[A", "\t"

local PYROLUA = table.concat(process.pyrolua(), " ")

--- Starts a command on a terminal of its own; `env` is added to its environment. What readline still
--- holds at the end is no leak of ours.
local function start_command(words, env)
  local variables = { TERM = "dumb", INPUTRC = "/dev/null", HOME = "/nonexistent", XDG_STATE_HOME = "",
    ASAN_OPTIONS = "detect_leaks=0" }
  for name, value in pairs(env or {}) do
    variables[name] = value
  end
  return process.start { "script", "-qfec", words, "/dev/null", env = variables }
end

--- Starts pyrolua there. No shell may stay between: the terminal interrupts that, too.
local function start(arguments, env)
  return start_command(("exec %s %s"):format(PYROLUA, arguments), env)
end

--- Types a line, and waits for what is printed after it.
local function enter(run, line, pattern)
  run:write(line .. "\n")
  return run:expect("\r\n" .. pattern)
end

--- Leaves by control-d.
local function leave(run)
  run:expect "> "
  run:write(CONTROL_D)
  assert.are.equal(0, (run:wait()))
end

--- Presses control-c until the pattern is printed: the first may come before the code runs.
local function interrupt(run, pattern)
  for _ = 1, 10 do
    process.sleep(0.15)
    run:write(CONTROL_C)
    if pcall(run.expect, run, pattern, 3) then
      return
    end
  end
  error("nothing was interrupted:\n" .. run.output)
end

--- Types a line until the pattern is printed after it: on a busy machine, completion may give up an
--- answer.
local function insist(run, line, pattern)
  for _ = 1, 10 do
    run:write(line .. "\n")
    if pcall(run.expect, run, "\r\n" .. pattern .. "\r\n", 6) then
      return
    end
    run:write(CONTROL_C)
  end
  error("never printed: " .. pattern .. "\n" .. run.output)
end

--- Code that serves an object in the interpreter itself, and makes a proxy for it.
local SERVED = "shop = { open = true } function shop:visit(name) return 'Hello ' .. name end "
  .. "function shop:fail() error(pyro.ValueError 'sold out') end pyro.attributes(shop, 'open') "
  .. "daemon = pyro.Daemon {} there = pyro.Proxy(daemon:register(shop, 'shop')) print 'served'"

describe("on a terminal, pyrolua", function()
  after_each(process.stop_all)

  it("shows values as Lua would write them", function()
    local run = start "-i"
    run:expect "pyrolua [^\n]*\n[^\n]*\n> "
    enter(run, "1 + 1", "2\r\n")
    enter(run, "'text', nil, pyro.tuple { 1, 'two' }", '"text"\tnil\tpyro.tuple { 1, "two" }\r\n')
    enter(run, "{ b = { 1, 2 }, a = pyro.null, ['odd key'] = pyro.dict {}, '\\27[1m' }",
      '{ "\\27%[1m", a = pyro.null, b = { 1, 2 }, %["odd key"%] = pyro.dict {} }\r\n')
    enter(run, "loop = {} loop.loop = loop return loop", "{ loop = {...} }\r\n")
    enter(run, ("{ '%s', '%s' }"):format(("x"):rep(50), ("y"):rep(50)), '{\r\n  "x+",\r\n  "y+"\r\n}\r\n')
    leave(run)
  end)

  it("says how to get help, and how to leave", function()
    local run = start "-i"
    run:expect "Type help for help; exit or control%-d leaves.\r\n> "
    enter(run, "help", "Type an expression .*control%-d.*man pyrolua")
    enter(run, "help = 'mine'", "> ")
    enter(run, "help", '"mine"\r\n> ')
    run:write "exit\n"
    assert.are.equal(0, (run:wait()))
    run = start "-i"
    enter(run, "print 'quit'", "quit\r\n> ")
    run:write " quit \n"
    assert.are.equal(0, (run:wait()))
  end)

  it("helps with remote objects: their members, and what their servers say of these", function()
    local run = start "-i"
    enter(run, SERVED, "served\r\n")
    enter(run, "pyro.oneway(shop, 'fail')"
      .. "pyro.document(shop, { 'A shop.', visit = 'Says\\nhello\\27[2J.', open = 'Now?' })", "> ")
    local members = "A shop.\r\nmethods:\r\n  fail %(oneway%)\r\n  visit\r\n      Says\r\n      hello\\x1b%[2J.\r\n"
      .. "attributes:\r\n  open\r\n      Now%?\r\n> "
    enter(run, "help(there)", "PYRO:shop@localhost:%d+ %(protocol 48%)\r\n" .. members)
    enter(run, "help(shop)", "A table. If a daemon serves it, callers see:\r\n" .. members)
    enter(run, "help(pyro.Proxy 'PYRO:shop@localhost:1')", "pyrolua: CommunicationError: [^\n]*\n> ")
    enter(run, "help(daemon)", "pyro%.Daemon\r\n.*  closed %(boolean%)\r\n"
      .. ".*\n  daemon:register%(object, id, options%)\r\n      Serves a table as an object%.\r\n")
    leave(run)
  end)

  it("helps with the API, by value and by name", function()
    local run = start "-i"
    run:expect "> "
    for line, pattern in pairs {
      ["help()"] = "Type an expression .*man pyrolua",
      ["help(pyro)"] = "pyro\r\n.*  config %(pyro%.Config%): the settings\r\n"
        .. ".*  pyro%.sleep%(seconds%)\r\n      Waits%.\r\n",
      ["help(pyro.sleep)"] = "pyro%.sleep%(seconds%)\r\nWaits%. Daemons [^\n]*\n\r\n  seconds %(number%)\r\n",
      ["help 'sleep'"] = "pyro%.sleep%(seconds%)\r\n",
      ["help 'daemon:register'"] = "daemon:register%(object, id, options%)\r\n.*Returns pyro%.URI\r\n",
      ["help(pyro.Daemon.serveSimple)"] = "pyro%.Daemon%.serveSimple%(objects, options%)\r\n",
      ["help(pyro.event())"] = "pyro%.Event\r\n.*  event:wait%(seconds%)\r\n",
      ["help(pyro.config)"] = "pyro%.Config\r\n.*  config%.reset%(useEnvironment%)\r\n",
      ["help(pyro.tuple {})"] = "pyro%.tuple%(t%)\r\nMarks a sequence as a tuple%.",
      ["help(pyro.KeyError)"] = "pyro%.KeyError%(%.%.%.%)\r\nMakes an error object of this class",
      ["help(5)"] = "There is no help for this value %(number%)%. help%(%) shows what you can do here%.\r\n",
      ["help(nil)"] = "There is no help for this value %(nil%)%.",
      ["help {}"] = "There is no help for this value %(table%)%.",
      ["help 'n\\27'"] = "The reference does not have 'n\\x1b'; help%(pyro%) lists what there is%.",
    } do
      run:write(line .. "\n")
      run:expect("\r\n" .. pattern)
      run:expect "> "
    end
    run:write(CONTROL_D)
    assert.are.equal(0, (run:wait()))
  end)

  it("keeps the last value", function()
    local run = start "-i"
    enter(run, "20 + 1, 'second'", '21\t"second"\r\n> ')
    enter(run, "_ * 2", "42\r\n> ")
    enter(run, "nil", "nil\r\n> ")
    enter(run, "print 'no value'", "no value\r\n> ")
    enter(run, "_ + 1", "43\r\n")
    leave(run)
  end)

  it("shows settings, and cuts what is long", function()
    local run = start "-i"
    enter(run, "pyro.config", "Pyro version: pyrolua.*\nCOMMTIMEOUT = 0.0\r\n.*SOCK_REUSE = True\r\n")
    enter(run, "('ab'):rep(500000)", '"' .. ("ab"):rep(100) .. "[ab]+\" %.%.%. %(1000000 bytes%)\r\n%(type all")
    enter(run, "{ ('\u{20ac}'):rep(2000) }", "[^\n]*\n[^\n]*\u{20ac}\" %.%.%. %(6000 bytes%)\r\n}\r\n%(type all")
    enter(run, "(function() local t = {} for i = 1, 1000 do t[i] = i end return t end)()",
      "{\r\n  1,\r\n.*  200,\r\n  %.%.%. %(800 more%)\r\n}\r\n")
    leave(run)
    assert.is_true(#run.output < 20000)
  end)

  it("shows all of what was cut, at the word all", function()
    local run = start "-i"
    enter(run, "('x'):rep(4001), 2", '"(x+)" %.%.%. %(4001 bytes%)\t2\r\n%(type all to see all of it%)\r\n> ')
    enter(run, "all", '"' .. ("x"):rep(4001) .. '"\t2\r\n> ')
    enter(run, "{ 1, { { { { 2 } } } } }", "{ 1, { { { {...} } } } }\r\n%(type all to see all of it%)\r\n> ")
    enter(run, "all", "{ 1, { { { { 2 } } } } }\r\n> ")
    enter(run, "(function() local t = {} for i = 1, 201 do t[i] = i end return t end)()", ".-%(1 more%)\r\n}\r\n%(type")
    enter(run, "all", "{\r\n  1,\r\n.*  201\r\n}\r\n> ")
    enter(run, "loop = {} loop.loop = loop return loop", "{ loop = {...} }\r\n> ") -- whole
    enter(run, "all", "nothing was cut\r\n> ")
    enter(run, "all = 'mine'", "> ")
    enter(run, "all", '"mine"\r\n')
    leave(run)
  end)

  it("reads on until a statement is whole, and tells errors", function()
    local run = start "-i"
    enter(run, "for i = 1, 2 do", ">> ")
    run:write "print(i * 10)\n"
    enter(run, "end", "10\r\n20\r\n")
    enter(run, "{ 1,", ">> ")
    enter(run, "2 }", "{ 1, 2 }\r\n")
    enter(run, "x = = 1", "pyrolua: stdin:1: unexpected symbol near '='\r\n")
    enter(run, "error 'oops'", "pyrolua: stdin:1: oops\r\nstack traceback:\r\n.-in main chunk\r\n> ")
    enter(run, "error { code = 2 }", "pyrolua: { code = 2 }\r\n")
    leave(run)
  end)

  it("edits lines and gives up one at control-c", function()
    local run = start "-i"
    run:expect "> "
    run:write "print 'wrong"
    run:expect "print 'wrong"
    run:write(CONTROL_C)
    run:expect "\n> "
    run:write "print(1 + 1)\27[D\1\11print(5 * 5)\n" -- left, to the start, delete all
    run:expect "\r\n25\r\n"
    enter(run, "for i = 1, 2 do", ">> ")
    run:write(CONTROL_C)
    run:expect "\r\n> "
    enter(run, "6 * 7", "42\r\n")
    leave(run)
  end)

  it("survives any number of interrupts while lines are edited, also amid typing", function()
    local run = start "-i"
    run:expect "> "
    for _ = 1, 20 do
      run:write(("some" .. CONTROL_C .. "thing" .. CONTROL_C):rep(20))
    end
    run:write "\n"
    enter(run, "6 * 7", "42\r\n")
    leave(run)
  end)

  it("survives a storm of interrupts while there is nothing to run", function()
    local run = start_command(("echo $$; exec %s -i"):format(PYROLUA))
    local pid = tonumber((run:expect "(%d+)\r\n"))
    run:expect "> "
    local deadline = uv.hrtime() + 2e9
    while uv.hrtime() < deadline do
      for _ = 1, 50 do
        uv.kill(pid, "sigint")
      end
      uv.run "nowait" -- reads what it prints
    end
    run:write "\n"
    enter(run, "6 * 7", "42\r\n")
    leave(run)
  end)

  it("interrupts at control-c what runs or waits, and goes on", function()
    local run = start "-i"
    enter(run, SERVED, "served\r\n")
    enter(run, "function shop:never() pyro.sleep(1000) end pyro.current_context.annotations = { ABCD = 'kept' }", "> ")
    for _, case in ipairs {
      { "while true do end", "pyrolua: interrupted!\r\nstack traceback:\r\n\tstdin:1: in main chunk\r\n.-> " },
      { "coroutine.wrap(function() while true do pcall(type) end end)()", "interrupted!\r\nstack traceback:.-\n> " },
      { "pyro.sleep(1000)", "pyrolua: interrupted!\r\n.-> " },
      { "there:never()", "pyrolua: interrupted!\r\n.-> " },
      { "coroutine.wrap(function() pyro.sleep(1000) end)()", "interrupted!\r\n.-> " },
      { "table.sort({ 1, 2 }, function() pyro.sleep(1000) end)", "pyrolua: interrupted!\r\n.-> " },
      { "for i = 1, 1000 do print('tick' .. i) pyro.sleep(0.1) end", "pyrolua: interrupted!\r\n.-> " },
      { "while true do pcall(pyro.sleep, 1000) end", "interrupted!\r\n.-> " },
      { "error(setmetatable({}, { __tostring = function() pyro.sleep(1000) end }))", "cannot be shown%)\r\n.-> " },
      { "daemon:requestLoop() print 'over'", "over\r\nnever\r\n.-> " },
    } do
      run:write(case[1] .. " print 'never'\n")
      run:expect "'never'\r\n"
      interrupt(run, case[2])
    end
    run:write "setmetatable({}, { __tostring = function() while true do end end })\n"
    run:expect "end end }%)\r\n"
    interrupt(run, "interrupted!\r\n.-\n> ")
    enter(run, "pyro.current_context.annotations", '{ ABCD = "kept" }')
    leave(run)
    assert.falsy(run.output:find "tick%d+\r\n[^!]*interrupted!.*tick%d") -- no tick comes after the interrupt
  end)

  it("goes on after any number of interrupts of waits in place, which end at once", function()
    local run = start "-i"
    run:expect "> "
    for _ = 1, 120 do
      run:write "table.sort({ 1, 2 }, function() io.write('wait', 'ing\\n') pyro.sleep(1000) end)\n"
      run:expect "\r\nwaiting\r\n"
      run:write(CONTROL_C)
      run:expect "interrupted!\r\n"
    end
    leave(run)
  end)

  it("goes on where results or errors cannot be shown, and shows as many results as there are", function()
    local run = start "-i"
    enter(run, "broken = setmetatable({}, { __tostring = function() error 'oh' end })", "> ")
    enter(run, "broken", "pyrolua: stdin:1: oh\r\n.-\n> ")
    enter(run, "error(broken)", "pyrolua: %(the error cannot be shown%)\r\n> ")
    run:write "table.unpack({}, 1, 600000)\n"
    run:expect("nil\t" .. ("nil\t"):rep(1000))
    run:expect "nil\r\n> "
    enter(run, "6 * 7", "42\r\n")
    leave(run)
  end)

  it("is ended by a second control-c where the first has no effect", function()
    local run = start "-i"
    run:expect "> "
    enter(run, "a = ('a'):rep(40)", "> ")
    run:write "a:find(('a?'):rep(40) .. a)\n"
    run:expect "rep%(40%) %.%. a%)\r\n"
    process.run_until(function() -- two that come at once are one
      run:write(CONTROL_C)
      process.sleep(0.1)
      return run.code
    end)
    assert.are.equal(130, (run:wait()))
  end)

  it("serves and runs tasks while it waits for a line", function()
    local run = start "-i"
    enter(run, SERVED, "served\r\n")
    enter(run, "print(there._pyroUri)", "PYRO:shop@")
    local uri = "PYRO:shop@" .. run:expect "(%S+)"
    enter(run, "pyro.spawn(function() pyro.sleep(0.1) print 'woken' end) and nil", "nil\r\n")
    run:expect "woken\r\n"
    local visitor = process.run_pyrolua { "-e", ("print(pyro.Proxy '%s':visit 'you')"):format(uri) }
    assert.are.equal("Hello you\n", visitor.out)
    leave(run)
  end)

  it("does not tear the line that is typed by what tasks and the log print", function()
    local run = start("-i", { PYROLUA_LOGLEVEL = "WARNING", PYROLUA_LOGFILE = "{stderr}" })
    enter(run, SERVED, "served\r\n")
    run:write("function shop:say() print 'one' io.stderr:write('t', 'wo', '\\n') io.write 'th' io.stdout:flush() "
      .. "pyro.sleep(0.05) io.write 'ree\\n' end\n")
    run:expect "ree\\n' end\r\n> "
    enter(run, "print(daemon:uriFor 'shop')", "PYRO:shop@")
    local place = run:expect "(localhost:%d+)\r\n> "
    run:write "print(6 *"
    run:expect "print%(6 %*"
    local visitor = process.run_pyrolua { "-e", ("pyro.Proxy 'PYRO:shop@%s':say()"):format(place) }
    assert.are.equal("", visitor.output)
    local own = "\r *\r"
    run:expect(own .. "one\r\n> print%(6 %*" .. own .. "two\r\n> print%(6 %*" .. own .. "three\r\n> print%(6 %*")
    local peer = require("spec.support.raw").connect(tonumber(place:match "%d+"))
    peer:send(("no message of Pyro's"):rep(10))
    run:expect(own .. "[^\n]*WARNING[^\n]*\r\n> print%(6 %*")
    peer:close()
    run:write " 7)\n"
    run:expect " 7%)\r\n42\r\n"
    enter(run, "shop.say(shop)", "one\r\ntwo\r\nthree\r\n") -- amid no line, as ever
    leave(run)
  end)

  it("gives the terminal back as it was, when a task ends the program while a line is edited", function()
    local run = start_command(PYROLUA .. " -i; stty -a")
    run:expect "> "
    run:write "pyro.spawn(function() pyro.sleep(0.1) os.exit(3) end) and nil\n"
    run:expect " icanon .* echo "
    run:wait()
  end)

  for _, signal in ipairs { "sigterm", "sighup" } do
    for what, line in pairs { ["it waits for a line"] = "nil", ["it computes"] = "while true do end",
      ["it waits for something"] = "pyro.sleep(1000)", ["it serves"] = "pyro.Daemon {}:requestLoop()" } do
      it(("ends well by %s while %s"):format(signal, what), function()
        local run = start_command(PYROLUA .. " -i; echo status $?; stty -a")
        run:expect "> "
        run:write "'pid ' .. io.open '/proc/self/stat':read 'n'\n"
        local pid = run:expect '"pid (%d+)"'
        run:expect "> "
        run:write(line .. "\n")
        if line == "nil" then
          run:expect "nil\r\n> "
        else
          process.sleep(0.3) -- else the signal may come before the code runs: that ends well, too
        end
        uv.kill(tonumber(pid), signal)
        run:expect "status 0"
        run:expect " icanon .* echo "
        run:wait()
      end)
    end
  end

  it("shows what happened remotely", function()
    local run = start "-i"
    enter(run, SERVED, "served\r\n")
    enter(run, "there:visit 'me'", '"Hello me"\r\n')
    enter(run, "there:fail()", 'Traceback %(most recent call last%):\r\n  File "stdin", line 1, in <module>\r\n'
      .. "ValueError: sold out\r\n %+%-%-%- This exception occured remotely")
    leave(run)
  end)

  it("completes globals, fields, and what a remote object has", function()
    local run = start "-i"
    enter(run, SERVED, "served\r\n")
    for _, case in ipairs {
      { "there:vi" .. TAB .. "'you'", '"Hello you"\r\n' }, -- before the proxy is connected
      { "there.op" .. TAB, "true\r\n" },
      { "there:_pyroBi" .. TAB .. "()", "false\r\n" },
      { "tostr" .. TAB .. "(12)", '"12"\r\n' },
      { "string.rever" .. TAB .. "('abc')", '"cba"\r\n' },
      { "('%d'):rep(math.max(1, 2)) == '%d%d' and shop.op" .. TAB, "true\r\n" },
      { "pyro.rep" .. TAB .. "({})", '"%[%]"\r\n' },
    } do
      enter(run, case[1], case[2])
    end
    run:write("there:" .. TAB .. TAB) -- there are several
    run:expect "there:fail%s+there:visit"
    run:write "\1\11there = pyro.Proxy 'PYRO:shop@localhost:1'\n" -- where nobody answers
    enter(run, "there:vi" .. TAB .. "sit()", "pyrolua: stdin:1: ")
    leave(run)
  end)

  it("completes methods of daemons and name servers, fields and settings", function()
    local server = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    local port = server:expect "Pyro.NameServer@localhost:(%d+)"
    local run = start "-i"
    enter(run, ("ns, d = pyro.locateNS('localhost', %s), pyro.Daemon {}"):format(port), "> ")
    for _, case in ipairs {
      { "ns:loo" .. TAB .. " 'Pyro.NameServer' ~= nil", "true\r\n" },
      { "d:objects" .. TAB .. "() ~= nil", "true\r\n" },
      { "type(d.locationS" .. TAB .. ")", '"string"\r\n' },
      { "pyro.config.COMMTIM" .. TAB, "0.0\r\n" },
      { "pyro.config.res" .. TAB .. "()", "> " },
      { "type(pyro.ValueE" .. TAB .. ")", '"function"\r\n' },
    } do
      enter(run, case[1], case[2])
    end
    run:write("pyro." .. TAB .. TAB)
    local offered = run:expect "\r\n(.*pyro%.sleep.*)> pyro%."
    assert.falsy(offered:find "KeyError")
    run:write("K" .. TAB .. TAB .. TAB) -- a capital letter asks for classes of exceptions, too
    run:expect "pyro%.KeyError%s+pyro%.KeyboardInterrupt.*> pyro%.Key"
    run:write "\1\11print 'done'\n"
    run:expect "\ndone\r\n"
    leave(run)
  end)

  it("completes names of the name server in a URI", function()
    local server = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    local port = server:expect "Pyro.NameServer@localhost:(%d+)"
    local run = start("-i", { PYRO_NS_PORT = port })
    enter(run, "ns, uri = pyro.locateNS 'localhost', 'PYRO:id@localhost:1'", "> ")
    enter(run, "for _, name in ipairs { 'shop.one', 'shop.two', 'the other', 'a\\27b', 'a\"b' } do "
      .. "ns:register(name, uri) end", "> ")
    for _, case in ipairs {
      { "'PYRON" .. TAB .. "shop.o" .. TAB, '"PYRONAME:shop.one"' }, -- closes the string
      { 'print("", "PYRONAME:the ' .. TAB .. '")', "\tPYRONAME:the other" },
      { "'PYRONAME:a" .. TAB .. "'", '"PYRONAME:a"' }, -- names that would need escapes
      { "'PYRONAME:none" .. TAB .. "'", '"PYRONAME:none"' },
      { "type(pyro.Proxy 'PYRONAME:shop.t" .. TAB .. ")", '"userdata"' },
    } do
      insist(run, case[1], case[2])
    end
    leave(run)
  end)

  it("does not wait long for names that nobody tells, nor at each Tab", function()
    local mute = uv.new_tcp()
    mute:bind("127.0.0.1", 0)
    mute:listen(64, function() end) -- connected, and never served
    local port = mute:getsockname().port
    local run = start("-i", { PYRO_NS_HOST = "127.0.0.1", PYRO_NS_PORT = tostring(port) })
    run:expect "> "
    enter(run, ("there = pyro.Proxy 'PYRO:mute@127.0.0.1:%d'"):format(port), "> ")
    local since = uv.hrtime()
    run:write("'PYRONAME:sh" .. TAB:rep(20) .. "'\n")
    run:expect '\r\n"PYRONAME:sh"\r\n'
    run:write("there:" .. TAB:rep(20) .. "_pyroRelease()\n")
    run:expect "_pyroRelease%(%)\r\n"
    assert.is_true((uv.hrtime() - since) / 1e9 < 15) -- not 40 times a second
    leave(run)
    mute:close()
  end)

  it("keeps a history, for its user alone", function()
    local folder = process.file("state", ""):match "(.*)/"
    local env = { XDG_STATE_HOME = folder }
    local run = start("-i", env)
    enter(run, "first = 'kept'", "> ")
    enter(run, "first", '"kept"')
    run:write "os.exit(3)\n"
    assert.are.equal(3, (run:wait()))
    run = start("-i", env)
    run:expect "> "
    run:write(UP .. UP .. UP .. "\n")
    enter(run, "first .. 1", '"kept1"')
    leave(run)
    local listing = process.run { "stat", "-c", "%a", folder .. "/pyrolua/history" }
    assert.are.equal("600\n", listing.out)
    assert.are.equal("first = 'kept'\nfirst\nos.exit(3)\nfirst = 'kept'\nfirst .. 1\n",
      io.open(folder .. "/pyrolua/history"):read "a")
    process.run { "rm", "-r", folder .. "/pyrolua" }
  end)

  it("caps the history", function()
    local folder = process.file("state", ""):match "(.*)/"
    local file = assert(io.open(process.file(".pyrolua_history", ""), "w"))
    for i = 1, 1100 do
      file:write("line = ", i, "\n")
    end
    file:close()
    local run = start("-i", { HOME = folder })
    run:expect "> "
    enter(run, "'the last'", '"the last"')
    leave(run)
    local count = process.run { "wc", "-l", folder .. "/.pyrolua_history" }
    assert.matches("^1000 ", count.out)
  end)

  it("reads plain lines where there is no library for more", function()
    local folder = process.file("libreadline.so.8", "no library"):match "(.*)/"
    local run = start("-i", { LD_LIBRARY_PATH = folder })
    run:expect "> "
    enter(run, "1 + 1", "2\r\n")
    leave(run)
  end)
end)
