--- Bad input from the network is refused and logged, and costs only the connection that sent it:
--- meanwhile a bystander goes on calling.
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local SERVER = [[
  local target = {}
  function target:echo(value) return value end
  local large = ("x"):rep(100000)
  function target:large() return large end
  function target:_private() return "secret" end
  local calls = 0
  function target:count(more) calls = calls + more return calls end
  local daemon = pyro.Daemon {}
  local uri = daemon:register(target, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local BYSTANDER = [[
  local proxy, calls = pyro.Proxy(...), 0
  while true do
    calls = calls + 1
    assert(proxy:echo(calls) == calls)
    if calls % 50 == 0 then print(calls .. " calls") end
  end
]]

local SETTINGS = {
  PYRO_LOGLEVEL = "WARNING",
  PYRO_LOGFILE = "{stderr}",
  PYRO_MAX_MESSAGE_SIZE = "1000000",
  PYRO_MAX_CONNECTIONS = "40",
  PYRO_HANDSHAKE_TIMEOUT = "3",
}

local server, bystander, port

local function start()
  server = process.start_pyrolua { "-e", SERVER, env = SETTINGS }
  port = tonumber((server:expect "PORT\t(%d+)"))
  local script = process.file("bystander.lua", "local pyro = require 'pyro'\n" .. BYSTANDER)
  bystander = process.start_pyrolua { script, "PYRO:target@localhost:" .. port }
  bystander:expect "%d+ calls\n"
end

local function memory()
  local status = assert(io.open(("/proc/%d/status"):format(server.pid))):read "a"
  return tonumber(status:match "VmHWM:%s*(%d+)") / 1024 -- MiB
end

--- Nobody else noticed: the bystander's calls go on, and the server has not grown.
local function check_unharmed()
  bystander.seen = #bystander.output + 1
  bystander:expect "%d+ calls\n"
  assert.is_nil(bystander.code)
  assert.is_nil(server.code)
  assert.is_true(memory() < 400, "the server took much memory")
end

local function connect(introduced)
  local peer = raw.connect(port)
  if introduced then
    assert.are.equal("CONNECTOK", peer:introduce "target")
  end
  return peer
end

local function call(...)
  return raw.message(raw.INVOKE, raw.call(...))
end

--- Attacks that end the connection: before the handshake, and after it.
local STRANGERS = {
  ["text that is no Pyro"] = { "GET / HTTP/1.1\r\n\r\nmore and more", "invalid data" },
  ["another version"] = { raw.message(raw.CONNECT, "", { version = 503 }), "unsupported protocol version" },
  ["a bad checksum"] = { raw.message(raw.CONNECT, "", { checksum = 1 }), "checksum" },
  ["a length beyond all limits"] = { raw.message(raw.CONNECT, "", { length = 0xfffffff0 }), "size" },
  ["a length beyond ours"] = { raw.message(raw.CONNECT, "", { length = 1000001 }), "max message size exceeded" },
  ["a call first"] = { call("target", "echo", "\x91\x01"), "invalid msg type" },
  ["an unknown object"] = { raw.hello "nobody", "unknown object" },
  ["msgpack cut"] = { raw.message(raw.CONNECT, "\x82\xa9hand"), "handshake failed" },
  ["msgpack nested too deep"] = { raw.message(raw.CONNECT, ("\x91"):rep(900000)), "handshake failed" },
  ["an array without end"] = { raw.message(raw.CONNECT, "\xdd\xff\xff\xff\xff"), "handshake failed" },
  ["a serializer that does not exist"] = { raw.message(raw.CONNECT, "x", { serializer = 99 }), "not accepted" },
  ["a pickle that would run code"] = { raw.message(raw.CONNECT, "cos\nsystem\n(S'id'\ntR.", { serializer = 4 }),
    "handshake failed: [^\n]*os%.system" },
  ["annotations that lie"] = { raw.message(raw.CONNECT, "",
    { annotations = "ABCD\xff\xff" }), "malformed annotations" },
}

local CLIENTS = {
  ["another version"] = { raw.message(raw.INVOKE, "", { version = 47 }), "unsupported protocol version" },
  ["a bad checksum"] = { raw.message(raw.INVOKE, "", { checksum = 1 }), "checksum" },
  ["a length beyond ours"] = { raw.message(raw.INVOKE, "", { length = 1000001 }), "max message size exceeded" },
  ["a second handshake"] = { raw.hello "target", "invalid msg type" },
  ["annotations that lie"] = { raw.message(raw.INVOKE, "", { annotations = "ABCD\0\9x" }), "malformed annotations" },
}

--- Calls in a batch, in msgpack; and a call as a blob, with what marshal says of it.
local function batch(calls)
  return raw.message(raw.INVOKE, raw.call("target", "<batch>", calls), { flags = raw.BATCH })
end

local function blob(description)
  local annotations = description and ("c4>s2"):pack("BLBI", description) or nil
  return raw.message(raw.INVOKE, "no call", { flags = raw.BLOB, annotations = annotations })
end

--- A list in msgpack of one item again and again.
local function many(count, item)
  return "\xdd" .. (">I4"):pack(count) .. item:rep(count)
end

--- A dict in msgpack whose keys all have the same place in a table of so many.
local function colliding(count)
  local pairs_of = {}
  for i = 1, count do
    pairs_of[i] = (">BI8B"):pack(0xcf, i * 131071, 1)
  end
  return "\xdf" .. (">I4"):pack(count) .. table.concat(pairs_of)
end

--- Attacks that are answered by an error, whereafter the connection goes on.
local CALLS = {
  ["an unknown object"] = { call("nobody", "echo"), "unknown object" },
  ["an unknown method"] = { call("target", "nothing"), "127.0.0.1:%d+: target.nothing: [^\n]*has no attribute" },
  ["a private method"] = { call("target", "_private"), "private" },
  ["a metamethod"] = { call("target", "__index"), "private" },
  ["too many arguments"] = { call("target", "echo", "\x93\x01\x02\x03"), "TypeError" },
  ["msgpack cut"] = { raw.message(raw.INVOKE, "\x94\xa6targ"), "SerializeError" },
  ["msgpack nested too deep"] = { call("target", "echo", ("\x91"):rep(900000)), "SerializeError" },
  ["a dict without end"] = { call("target", "echo", "\x91\xdf\xff\xff\xff\xff"), "SerializeError" },
  ["a string without end"] = { call("target", "echo", "\x91\xdb\xff\xff\xff\xff"), "SerializeError" },
  ["an extension without end"] = { call("target", "echo", "\x91\xc9\xff\xff\xff\xff\x01"), "SerializeError" },
  ["a dict whose keys collide"] = { call("target", "echo", "\x91" .. colliding(99000)), "keys collide" },
  ["a date before all"] = { call("target", "echo", "\x91\xd7\x33" .. ("<i8"):pack(0)), "a date out of range" },
  ["a date beyond all"] = { call("target", "echo", "\x91\xd7\x33" .. ("<i8"):pack(1 << 62)), "a date out of range" },
  ["a time that is none"] = { call("target", "echo", "\x91\xd7\x32" .. ("<d"):pack(0 / 0)), "a datetime out of range" },
  ["arguments that are no list"] = { call("Pyro.Daemon", "get_metadata", "\x81\xa1a\x02"), "must be a list" },
  ["a batch that is none"] = { batch "\x91\x05", "malformed batch" },
  ["a batch that is no list"] = { batch "\x81\xa1a\x02", "must be a list" },
  ["a batch without end"] = { batch "\xdd\xff\xff\xff\xff", "SerializeError" },
  ["a batch for more than can be answered"] = { batch(many(20000, "\x93" .. raw.text "large" .. "\x90\x80")),
    "MessageTooLargeError" },
  ["a private method in a batch"] = { batch("\x91\x93" .. raw.text "_private" .. "\x90\x80"), "private" },
  ["an attribute in a batch"] = { batch("\x91\x93" .. raw.text "__getattr__" .. "\x91\x01\x80"), "private" },
  ["an attribute without a name"] = { call("target", "__getattr__", "\x90"), "malformed attribute access" },
  ["a private attribute"] = { call("target", "__getattr__", "\x91" .. raw.text "_x"), "no attribute '_x'" },
  ["a method as an attribute"] = { call("target", "__setattr__", "\x92" .. raw.text "echo" .. "\x05"), "unexposed" },
  ["a stream that is not there"] = { call("Pyro.Daemon", "get_next_stream_item", "\x91\xa1x"), "terminated" },
  ["a stream of no name"] = { call("Pyro.Daemon", "get_next_stream_item", "\x91\xc0"), "terminated" },
  ["a blob that says nothing"] = { blob(), "is missing" },
  ["a blob that says what cannot be read"] = { blob "garbage", "SerializeError" },
  ["a blob that says too little"] = { blob ")\1N", "malformed description" },
  ["a blob for nobody"] = { blob ")\3Nz\6nobodyz\4echo", "unknown object" },
  ["a blob for a private method"] = { blob ")\3Nz\6targetz\8_private", "private" },
  ["a blob for the daemon"] = { blob ")\3Nz\11Pyro.Daemonz\4ping", "takes no serialized blob" },
  ["no call at all"] = { raw.message(raw.INVOKE, "\x01"), "SerializeError" },
}

describe("a daemon under attack", function()
  setup(start)
  teardown(process.stop_all)
  after_each(check_unharmed)

  local function refuses(attacks, introduced)
    for name, attack in pairs(attacks) do
      it(("refuses %s from a %s"):format(name, introduced and "client" or "stranger"), function()
        local peer = connect(introduced)
        server.seen = #server.output + 1
        peer:send(attack[1])
        assert(peer:wait_closed(), "the connection was not closed")
        server:expect("WARNING[^\n]*" .. attack[2])
        peer:close()
      end)
    end
  end

  refuses(STRANGERS, false)
  refuses(CLIENTS, true)

  for name, attack in pairs(CALLS) do
    it("answers by an error: " .. name, function()
      local peer = connect(true)
      server.seen = #server.output + 1
      peer:send(attack[1])
      assert.are.equal("RESULT!", (peer:message()))
      server:expect("WARNING[^\n]*" .. attack[2])
      peer:send(call("target", "echo", "\x91\x07"))
      assert.are.same({ "RESULT", "\x07", 1, "" }, { peer:message() }, "the connection goes on")
      peer:close()
    end)
  end

  it("closes strangers who do not introduce themselves in time #r34", function()
    local peers = {}
    for i = 1, 20 do
      peers[i] = connect()
    end
    peers[1]:send "PYRO"
    for _, peer in ipairs(peers) do
      assert(peer:wait_closed())
      peer:close()
    end
    server:expect "no handshake in time"
  end)

  it("takes no more connections than it may, and goes on when there is room #r34", function()
    local peers = {}
    for i = 1, 60 do
      peers[i] = connect()
    end
    server.seen = 1
    server:expect "MAX_CONNECTIONS %(40%) are open"
    check_unharmed()
    for _, peer in ipairs(peers) do
      peer:close()
    end
    assert.is_true(process.run_until(function()
      local peer = raw.connect(port)
      local answer = peer:introduce "target"
      peer:close()
      return answer == "CONNECTOK"
    end))
  end)

  it("stops reading from those who do not read, and goes on when they do", function()
    local peer, before, calls = connect(true), memory(), 200
    peer:pause()
    local large = "\x91\xc6\0\x07\xa1\x20" .. ("x"):rep(500000)
    for _ = 1, calls do -- 100 MB, which would come back
      peer:send(call("target", "echo", large))
    end
    repeat
      local unsent = peer.tcp:get_write_queue_size()
      process.sleep(0.5)
    until unsent == peer.tcp:get_write_queue_size()
    assert.is_true(peer.tcp:get_write_queue_size() > 40 * 1024 * 1024, "it reads on")
    assert.is_true(memory() < before + 50, "it keeps what it cannot send")
    peer:read()
    for _ = 1, calls do
      assert.are.equal("RESULT", (peer:message()))
    end
    peer:close()
  end)

  it("outlives those who leave amidst a message, or before their answers", function()
    local large = call("target", "echo", "\x91\xc6\0\x07\xa1\x20" .. ("x"):rep(500000))
    for i = 1, 20 do
      local peer = connect(true)
      peer:send(i % 2 == 0 and large:sub(1, 300000) or large:rep(5))
      process.sleep(0.01)
      peer:reset()
    end
  end)

  it("serves a client that sends byte by byte", function()
    local peer = connect(true)
    for byte in call("target", "echo", "\x91\x07"):gmatch "." do
      peer:send(byte)
      process.sleep(0.001)
    end
    assert.are.same({ "RESULT", "\x07", 1, "" }, { peer:message() })
    peer:close()
  end)

  it("outlives a storm of oneway calls", function()
    local peer = connect(true)
    local oneway = raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x07"), { flags = raw.ONEWAY })
    peer:send(oneway:rep(20000) .. raw.message(raw.PING, "", { seq = 9 }))
    assert.are.same({ "PING", "pong", 9, "" }, { peer:message() })
    peer:close()
  end)

  it("carries out what came before a reset", function()
    local oneway = raw.message(raw.INVOKE, raw.call("target", "count", "\x91\x01"), { flags = raw.ONEWAY })
    local peer, asker = connect(true), connect(true)
    peer:send(oneway:rep(300))
    peer:reset()
    assert.is_true(process.run_until(function()
      asker:send(call("target", "count", "\x91\x00"))
      return select(2, asker:message()) == "\xcd\x01\x2c" -- 300
    end))
    asker:close()
  end)
end)

describe("a name server under attack", function()
  local names

  setup(function()
    names = process.start_pyrolua { "-m", "pyro.naming", "-p", "0", env = SETTINGS }
    port = tonumber((names:expect "URI = [^\n]*:(%d+)\n"))
  end)

  teardown(process.stop_all)

  local function ask(method, arguments, named)
    local peer = raw.connect(port)
    assert.are.equal("CONNECTOK", peer:introduce "Pyro.NameServer")
    peer:send(raw.message(raw.INVOKE, raw.call("Pyro.NameServer", method, arguments, named)))
    local name, data = peer:message()
    peer:close()
    return name, data:match "[%w.]*%.(%u%w*Error)"
  end

  it("refuses arguments of wrong types", function()
    local name, uri = raw.text "name", raw.text "PYRO:x@localhost:1"
    local number, deep = "\x01", ("\x91"):rep(200) .. "\x01"
    for _, arguments in ipairs { "\x90", raw.list(number, uri), raw.list(name, number), raw.list(name, deep),
      raw.list(name, "\xc0"), raw.list(name, uri, name, number), raw.list(name, uri, "\xc2", "\x91\x01"),
      raw.list(name, uri, "\xc2", "\x90", "\x01") } do
      assert.are.equal("RESULT!", (ask("register", arguments)))
    end
    for _, method in ipairs { "lookup", "remove", "set_metadata", "list", "yplookup", "count", "ping" } do
      for _, argument in ipairs { number, deep, "\x80", "\xcb\x7f\xf8\0\0\0\0\0\0" } do
        assert.are.equal("RESULT!", (ask(method, raw.list(argument, argument, argument, argument, argument, argument))))
      end
    end
    assert.are.equal("RESULT!", (ask("register", "\x90", "\x81" .. raw.text "nonsense" .. "\x01")))
  end)

  it("refuses URI objects that are no URIs", function()
    local function register(...)
      local uri = "\x82" .. raw.text "__class__" .. raw.text "Pyro5.core.URI" .. raw.text "state" .. raw.list(...)
      return ask("register", raw.list(raw.text "uri", uri))
    end
    local PYRO, id, none, host, one = raw.text "PYRO", raw.text "id", "\xc0", raw.text "localhost", "\x01"
    assert.are.same({ "RESULT" }, { register(PYRO, id, none, host, one) })
    for _, bad in ipairs { {}, { PYRO }, { PYRO, id, none, host, "\xce\0\1\x11\x70" }, -- port 70000
      { PYRO, id, none, host, "\xff" }, { PYRO, id, none, none, one }, { PYRO, id, none, one, host },
      { PYRO, raw.text "two words", none, host, one }, { PYRO, one, none, host, one },
      { raw.text "HTTP", id, none, host, one }, { none, none, none, none, none } } do
      assert.are.equal("RESULT!", (register(table.unpack(bad))))
    end
  end)

  it("refuses batches that are none", function()
    local ping = raw.text "ping"
    for _, calls in ipairs { "\x05", "\x81" .. ping .. "\x90", "\x91" .. ping, "\x91\x93" .. ping .. "\x80\x80",
      "\x91\x93" .. ping .. "\x81\x01\x02\x80", "\x91\x93" .. ping .. "\x90\x90", "\x91\x91" .. ping } do
      local peer = raw.connect(port)
      assert.are.equal("CONNECTOK", peer:introduce "Pyro.NameServer")
      peer:send(raw.message(raw.INVOKE, raw.call("Pyro.NameServer", "<batch>", calls), { flags = raw.BATCH }))
      assert.are.equal("RESULT!", (peer:message()), calls)
      peer:close()
    end
  end)

  it("stops expressions that take long", function()
    local evil = raw.text(("a"):rep(30) .. "!")
    assert.are.equal("RESULT", (ask("register", raw.list(evil, raw.text "PYRO:x@localhost:1"))))
    local name, class = ask("list", "\x90", "\x81" .. raw.text "regex" .. raw.text "(a|aa)+$")
    assert.are.same({ "RESULT!", "NamingError" }, { name, class })
    assert.are.equal("RESULT!", (ask("list", "\x90", "\x81" .. raw.text "regex" .. raw.text(("("):rep(31)))))
  end)

  it("carries out what came before its client left", function()
    local peer, calls = raw.connect(port), {}
    assert.are.equal("CONNECTOK", peer:introduce "Pyro.NameServer")
    for i = 1, 300 do
      calls[i] = raw.message(raw.INVOKE, raw.call("Pyro.NameServer", "register",
        raw.list(raw.text("many." .. i), raw.text "PYRO:x@localhost:1")), { flags = raw.ONEWAY })
    end
    peer:send(table.concat(calls))
    peer:finish()
    assert.is_true(process.run_until(function()
      return ask("lookup", raw.list(raw.text "many.300")) == "RESULT"
    end))
  end)

  it("still serves", function()
    local run = process.run_pyrolua { "-m", "pyro.nsc", "list", env = { PYRO_NS_PORT = tostring(port) } }
    assert.are.equal(0, run.code)
    assert.matches("\naaa+! %-%-> PYRO:x@localhost:1\n", run.out)
  end)
end)
