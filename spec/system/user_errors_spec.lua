--- Bad input from a user: a clear line that says what was wrong, an exit code, no half-done work.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

--- The program fails before it prints anything, and says what is wrong.
local function fails(text, command)
  local run = process.run_pyrolua(command)
  assert.are.equal(1, run.code)
  assert.are.equal("", run.out)
  assert(run.err:find(text, 1, true), run.err)
end

local function code_fails(text, code, env)
  fails(text, { "-e", code, env = env })
end

--- It says that in one line.
local function situation(text, code, env)
  local run = process.run_pyrolua { "-e", code, env = env }
  assert.are.equal(1, run.code)
  assert.are.equal("", run.out)
  assert.matches("^pyrolua: %(command line%):1: [^\n]+\n$", run.err)
  assert(run.err:find(text, 1, true), run.err)
end

local function server(methods)
  local program = process.start_pyrolua { "-e", ([[
    local object = { %s }
    local daemon = pyro.Daemon {}
    local uri = daemon:register(object, "object")
    pyro.spawn(print, uri)
    daemon:requestLoop()]]):format(methods) }
  return program, program:expect "(PYRO:object@localhost:%d+)"
end

describe("a script", function()
  after_each(process.stop_all)

  it("that uses a wrong URI is told which #r1", function()
    for _, uri in ipairs { "", "nonsense", "PYRO:", "PYRO:x", "PYRO:x@", "PYRO:x@host", "PYRO:x@host:", "PYRO:x@host:y",
      "PYRO:x@host:70000", "PYRO:x@host:-1", "PYRO:x y@host:1", "PYRO:@host:1", "PYRO:x@[::1:1", "PYRO:x@./u:",
      "HTTP:x@host:1", "PYRONAME:", "PYRONAME:x@host:y", "PYROMETA:" } do
      local run = process.run_pyrolua { "-e", ("pyro.Proxy '%s'"):format(uri) }
      assert.are.equal(1, run.code)
      assert.matches("^pyrolua: [^\n]*:1: PyroError: invalid [^\n]*: '" .. uri:gsub("%p", "%%%0") .. "'[^\n]*\n$",
        run.err)
    end
    code_fails("URI (a string or a pyro.URI) expected, got", "pyro.Proxy(nil)")
    code_fails("URI (a string or a pyro.URI) expected, got", "pyro.Proxy {}")
  end)

  it("may limit the size of messages, also on connections that are open", function()
    local program, uri = server [[
      limit = function(_, size) pyro.config.MAX_MESSAGE_SIZE = size end,
      make = function(_, length) return ("x"):rep(length) end,
      length = function(_, text) return #text end]]
    local run = process.run_pyrolua { "-e", ([[
      local proxy = pyro.Proxy "%s"
      local text = proxy:make(5000)
      print(proxy:length(text))
      pyro.config.MAX_MESSAGE_SIZE = 2500
      print(pcall(proxy.make, proxy, 5000))
      pyro.config.MAX_MESSAGE_SIZE = 0
      proxy:limit(2500)
      print(pcall(proxy.length, proxy, text))]]):format(uri) }
    assert.matches("^5000\nfalse\tMessageTooLargeError: [^\n]*where max=2500%)\n"
      .. "false\tConnectionClosedError: [^\n]*\n$", run.output)
    assert.is_nil(program.code)
  end)

  it("may have its errors printed by pyro.excepthook #r45", function()
    local run = process.run_pyrolua { "-e", [[
      local function main() error(pyro.ValueError "bad") end
      assert(not xpcall(main, pyro.excepthook))
      assert(not xpcall(pyro.Proxy, pyro.excepthook, "nonsense"))]] }
    assert.are.equal(0, run.code)
    assert.matches("^Traceback %(most recent call last%):\n.*line 1, in [^\n]*\nValueError: bad\n"
      .. "pyrolua: [^\n]*: PyroError: invalid uri: 'nonsense'; a name in the name server is "
      .. "PYRONAME:nonsense\n$", run.err)
  end)

  it("that asks for an unknown name is told so", function()
    local _, env = peers.name_server "Lua"
    situation("NamingError: unknown name: nobody", "pyro.Proxy 'PYRONAME:nobody':hello()", env)
    situation("NamingError: unknown name: nobody", "pyro.locateNS():lookup 'nobody'", env)
  end)

  it("that finds no name server is told so", function()
    local env = { PYRO_NS_PORT = tostring(process.free_port()) }
    situation("NamingError: Failed to locate the nameserver; tried localhost:" .. env.PYRO_NS_PORT,
      "pyro.locateNS()", env)
    situation("NamingError: Failed to locate the nameserver", "pyro.Proxy 'PYRONAME:x':hello()", env)
  end)

  it("that calls where nobody listens is told where", function()
    local port = process.free_port()
    situation(("cannot connect to ('localhost', %d): connection refused"):format(port),
      ("pyro.Proxy 'PYRO:x@localhost:%d':hello()"):format(port))
    situation("cannot connect to /no/such/socket: no such file or directory",
      "pyro.Proxy 'PYRO:x@./u:/no/such/socket':hello()")
    situation("no-such-host.invalid", "pyro.Proxy 'PYRO:x@no-such-host.invalid:1':hello()")
  end)

  it("whose server dies amidst a call is told so", function()
    local _, uri = server "die = function() os.exit(9) end"
    situation("ConnectionClosedError: ", ("pyro.Proxy '%s':die()"):format(uri))
  end)

  it("that calls what is not served is told what", function()
    local _, uri = server "add = function(self, a, b) return a + b end"
    code_fails("AttributeError: remote object '" .. uri .. "' has no exposed attribute or method 'subtract'",
      ("pyro.Proxy '%s':subtract(1, 2)"):format(uri))
    situation("rejected: unknown object: it has none of the id 'nobody'; look up its URI anew",
      ("pyro.Proxy '%s':x()"):format((uri:gsub("object@", "nobody@"))))
    code_fails("TypeError: add() takes 3 positional arguments but 4 were given",
      ("pyro.Proxy '%s':add(1, 2, 3)"):format(uri))
    situation("cannot travel", ("pyro.Proxy '%s':add(1, print)"):format(uri))
    code_fails("a remote method is called with a colon: proxy:add(…)",
      ("local p = pyro.Proxy '%s'; p.add(1, 2)"):format(uri))
  end)

  it("that calls with a colon what was declared with a dot is told so", function()
    local _, uri = server "hello = function(name) return name end, none = function() end, any = function(...) end"
    code_fails("TypeError: hello() takes 1 positional argument but 2 were given; a method is declared with a colon, "
      .. "function object:hello(...)", ("pyro.Proxy '%s':hello 'you'"):format(uri))
    code_fails("TypeError: none() takes 0 positional arguments but 2 were given; a method is declared with a colon, "
      .. "function object:none(...)", ("pyro.Proxy '%s':none 'you'"):format(uri))
  end)

  it("that calls what has no methods is told what a server in Lua does for that", function()
    local _, uri = server ""
    situation("Did you forget setting @expose on them? An object in Lua exposes its functions, or those that "
      .. "pyro.expose() names",
      ("pyro.Proxy '%s':hello()"):format(uri))
  end)

  it("that means a name, and forgets to say so, is told how", function()
    code_fails("PyroError: invalid uri: 'example.greeter'; a name in the name server is PYRONAME:example.greeter",
      "pyro.Proxy 'example.greeter'")
  end)

  it("whose call takes too long is told which, and how long", function()
    local _, uri = server "slow = function() pyro.sleep(5) end"
    situation("TimeoutError: receiving: timeout: slow() did not answer within 0.2 s",
      ("local p = pyro.Proxy '%s' p:_pyroBind() p._pyroTimeout = 0.2 p:slow()"):format(uri))
    situation("TimeoutError: receiving: timeout: slow() did not answer within 0.2 s",
      ("local p = pyro.Proxy '%s' p:_pyroBind() p._pyroTimeout = 0.2 print(pyro.async(p):slow().value)"):format(uri))
  end)

  it("that calls a port where TLS is spoken is told so, and so is the server of the reverse", function()
    local python = os.getenv "PYTHON" or "/usr/bin/python3"
    local tls = process.start { python, "-uc", [[
import socket, ssl
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1])
while True:
    connection = listener.accept()[0]
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_socket(connection, server_side=True)
    except OSError:
        connection.close()]] }
    situation("did not answer the handshake; perhaps it speaks TLS (set SSL), or is no Pyro server",
      ("pyro.Proxy 'PYRO:x@127.0.0.1:%s':hello()"):format(tls:expect "(%d+)\n"))
    local program, uri = server ""
    process.run { python, "-c", ([[
import socket, ssl
context = ssl.create_default_context()
context.wrap_socket(socket.create_connection(("localhost", %s)), server_hostname="localhost")]]):format(
      uri:match "%d+$") }
    program:expect "handshake failed: invalid data or unsupported protocol version: the other side speaks TLS"
  end)

  it("that listens where it cannot is told where", function()
    local _, uri = server ""
    local port = uri:match "%d+$"
    situation(("OSError: cannot listen on localhost:%s: address already in use"):format(port),
      ("pyro.Daemon { port = %s }"):format(port))
    situation("cannot listen on 192.0.2.1:0: address not available", "pyro.Daemon { host = '192.0.2.1' }")
    situation("no-such-host.invalid", "pyro.Daemon { host = 'no-such-host.invalid' }")
    code_fails("option 'port' must be a port (0 to 65535)", "pyro.Daemon { port = 70000 }")
    code_fails("'hots'", "pyro.Daemon { hots = 'localhost' }")
  end)

  it("that sets what is no setting is told so", function()
    code_fails("NO_SUCH", "pyro.config.NO_SUCH = 1")
    code_fails("NS_PORT", "pyro.config.NS_PORT = 'many'")
    code_fails("SERIALIZER", "pyro.config.SERIALIZER = 'yaml'")
  end)

  it("that does not exist, or is given with a wrong option, does not run", function()
    fails("cannot open no-such-script.lua", { "no-such-script.lua" })
    local run = process.run_pyrolua { "--nonsense", "script.lua" }
    assert.are.equal(1, run.code)
    assert.matches("^pyrolua: unrecognized option '%-%-nonsense'\n", run.err)
  end)

  it("of the tutorial says what is wrong with what is typed in", function()
    fails("PyroError: invalid uri: 'the warehouse'",
      { "-e", "io.write = function() end", "examples/warehouse/phase2/visit.lua", input = "the warehouse\n" })
    fails("PyroError: invalid uri: ''",
      { "-e", "io.write = function() end", "examples/warehouse/phase2/visit.lua", input = "" })
  end)
end)

--- Returns what a server sends that introduces an object with one method, "call".
local function welcome()
  local meta = "\x83" .. raw.text "methods" .. raw.list(raw.text "call") .. raw.text "oneway" .. "\x90"
    .. raw.text "attrs" .. "\x90"
  return raw.message(raw.CONNECTOK, "\x82" .. raw.text "handshake" .. raw.text "hello" .. raw.text "meta" .. meta,
    { flags = raw.METADATA })
end

local function result(data, header)
  header = header or {}
  header.seq = header.seq or 1
  return raw.message(header.type or raw.RESULT, data, header)
end

--- The state of an exception, in msgpack.
local function state(class, arguments, more)
  return (more and "\x84" or "\x83") .. raw.text "__class__" .. raw.text(class) .. raw.text "__exception__" .. "\xc3"
    .. raw.text "args" .. arguments .. (more or "")
end

local function exception(class, arguments, more)
  return result(state(class, arguments, more), { flags = raw.EXCEPTION })
end

--- Exceptions within exceptions, as deep as values may be.
local function nested(wrap)
  local data = state("ValueError", raw.list(raw.text "bad"))
  for _ = 1, 240 do
    data = wrap(data)
  end
  return data
end

describe("a client of a bad server", function()
  after_each(process.stop_all)

  local function check(expected, replies, setting)
    local port = raw.serve(replies)
    local run = process.run_pyrolua { "-e", ([[
      pyro.config.MAX_MESSAGE_SIZE = 1000000
      local proxy = pyro.Proxy 'PYRO:x@127.0.0.1:%d'
      %s
      print(pyro.repr(proxy:call()))]]):format(port, setting or "") }
    assert.matches(expected, run.output)
    assert.is_true(run.code == 0 or run.code == 1)
    return run
  end

  it("gets its answer from a good one", function()
    check("^7\n$", { welcome(), result "\x07" })
  end)

  it("is told of what is no handshake", function()
    check("ConnectionClosedError: ", {})
    check("ProtocolError: cannot connect to %('127.0.0.1', %d+%): invalid data or unsupported protocol version: the "
      .. "other side speaks TLS: set SSL at both, or at neither\n", { "\x15\3\1\0\2\2\x46" })
    check("ProtocolError: cannot connect to %('127.0.0.1', %d+%): invalid data",
      { "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n" })
    check("ProtocolError: ", { raw.message(raw.RESULT, "\xc0") })
    check("CommunicationError: connection to [^\n]* rejected: go away",
      { raw.message(raw.CONNECTFAIL, raw.text "go away") })
    check("CommunicationError: connection to [^\n]* rejected: go away",
      { raw.message(raw.CONNECTFAIL, "z\7go away", { serializer = 3 }) })
    for _, data in ipairs { "", "\x01", "\x80", "\x82\xa4meta\x01\xa9handshake\xc0", "\xdf\xff\xff\xff\xff",
      ("\x91"):rep(900000), "\x82" .. raw.text "handshake" .. "\xc0" .. raw.text "meta" .. "\x81"
        .. raw.text "methods" .. "\x01" } do
      check("%a+Error: ", { raw.message(raw.CONNECTOK, data, { flags = raw.METADATA }), result "\x07" })
    end
  end)

  it("is told of what is no answer", function()
    check("ConnectionClosedError: ", { welcome() })
    check("ConnectionClosedError: ", { welcome(), result(("x"):rep(1000), { length = 2000 }) })
    check("ProtocolError: [^\n]*out of sync", { welcome(), result("\x07", { seq = 77 }) })
    check("ProtocolError: ", { welcome(), result("\x07", { type = raw.INVOKE }) })
    check("ProtocolError: ", { welcome(), result("\x07", { checksum = 1 }) })
    check("ProtocolError: ", { welcome(), result("\x07", { version = 47 }) })
    check("%a+Error: [^\n]*serializer", { welcome(), result("\x07", { serializer = 99 }) })
    check("max message size exceeded", { welcome(), result("", { length = 1000001 }) })
    for _, data in ipairs { "", "\x91", "\xc1", "\x07\x07", "\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff",
      ("\x91"):rep(900000), "\xc9\xff\xff\xff\xff\x01" } do
      check("SerializeError: ", { welcome(), result(data) })
    end
  end)

  it("makes an error of any exception", function()
    check("\nValueError: bad\n", { welcome(), exception("ValueError", raw.list(raw.text "bad")) })
    check(" NamingError: bad\n", { welcome(), exception("Pyro4.errors.NamingError", raw.list(raw.text "bad")) })
    check("\n[%w.]*Fancy: bad\n", { welcome(), exception("their.own.Fancy", raw.list(raw.text "bad")) })
    check("\nValueError\n", { welcome(), exception("ValueError", "\x01") })
    check("_ExceptionWrapper\n", { welcome(), exception("Pyro4.futures._ExceptionWrapper", "\x90") })
    check("%s[%w.]*Error: ", { welcome(), result("\x07", { flags = raw.EXCEPTION }) })
    check("%s[%w.]*Error: ", { welcome(), result("\xa4text", { flags = raw.EXCEPTION }) })
    check("\nValueError: bad\n", { welcome(), exception("ValueError", raw.list(raw.text "bad"),
      raw.text "attributes" .. "\x81" .. raw.text "_pyroTraceback" .. "\x01") })
    check("\nValueError: bad\n$", { welcome(), exception("ValueError", raw.list(raw.text "bad"),
      raw.text "attributes" .. "\x81" .. raw.text "_pyroTraceback" .. raw.list("\x90", "\x80")) })
    check("\nValueError: bad\n$", { welcome(), exception("ValueError", raw.list(nested(function(data)
      return state("ValueError", raw.list(data))
    end))) })
    check("\nValueError\n$", { welcome(), exception("ValueError", "\x90", raw.text "attributes"
      .. nested(function(data) return state("ValueError", "\x90", raw.text "attributes" .. data) end)) })
  end)

  it("makes an error of what ends a batch", function()
    local batch = "for _ in pyro.batch(proxy)() do end"
    local failure = "\x82" .. raw.text "__class__" .. raw.text "Pyro4.futures._ExceptionWrapper"
      .. raw.text "exception"
    local bad = state("ValueError", raw.list(raw.text "bad"))
    check("ProtocolError: the remote side raised what is no exception: 5\n$",
      { welcome(), result(raw.list(failure .. "\x05")) }, batch)
    check("ValueError: bad\n$", { welcome(), result(raw.list(failure .. bad)) }, batch)
  end)

  it("waits no longer than it wants to", function()
    local quiet = process.start_pyrolua { "-e", [[
      local daemon = pyro.Daemon {}
      pyro.spawn(print, daemon:register({ call = function() pyro.sleep(60) end }, "x"))
      daemon:requestLoop()]] }
    local uri = quiet:expect "(PYRO:x@%S+)"
    local run = process.run_pyrolua { "-e", ([[
      local proxy = pyro.Proxy '%s'
      proxy._pyroTimeout = 0.3
      proxy:call()]]):format(uri) }
    assert.matches(" TimeoutError: ", run.err)
    run = process.run_pyrolua { "-e", ("pyro.Proxy '%s':call()"):format(uri), env = { PYRO_COMMTIMEOUT = "0.3" } }
    assert.matches(" TimeoutError: ", run.err)
  end)

  it("does not run what it is sent #r43", function()
    local run = check("\n[%w._]*: ", { welcome(), exception("os.execute", raw.list(raw.text "touch /tmp/owned")) })
    assert.are.equal(1, run.code)
    check("SerializeError: unsupported serialized class: os.system\n", { welcome(),
      result("\x82" .. raw.text "__class__" .. raw.text "os.system" .. raw.text "args" .. raw.list(raw.text "id")) })
  end)
end)
