--- Proxies find out what their server speaks: the servers here are scripted, byte by byte.
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local WELCOME = "\x82" .. raw.text "handshake" .. raw.text "hello" .. raw.text "meta" .. "\x83" .. raw.text "methods"
  .. raw.list(raw.text "echo") .. raw.text "oneway" .. raw.list() .. raw.text "attrs" .. raw.list()

--- The bytes of a message of protocol 502; serializer 2 is marshal there, 4 msgpack.
local function message_502(type, serializer, seq, data)
  return (">c4HBBHHIIc16HH"):pack("PYRO", 502, type, serializer, 0, seq, #data, 0, ("\0"):rep(16), 0, 0x4dc5) .. data
end

local function marshal(text)
  return "\xda" .. string.char(#text) .. text
end

local OK_48 = raw.message(raw.CONNECTOK, WELCOME, { flags = raw.METADATA, seq = 0 })
local OK_502 = message_502(raw.CONNECTOK, 4, 0, WELCOME)
local REFUSED_48 = raw.message(raw.CONNECTFAIL, marshal "invalid data or unsupported protocol version",
  { serializer = 3, seq = 0 })
local REFUSED_502 = message_502(raw.CONNECTFAIL, 2, 0, marshal "invalid protocol version: 48")

local function no_serializer(id)
  return raw.message(raw.CONNECTFAIL, marshal("message used serializer that is not accepted: " .. id),
    { serializer = 3, seq = 0 })
end

local NO_SERPENT, NO_JSON, NO_PICKLE, NO_MSGPACK = no_serializer(1), no_serializer(2), no_serializer(4),
  no_serializer(6)

--- Returns what the proxies of a script saw, and what was said on each connection they made.
local function use(conversations, script, env)
  local port, heard = raw.converse(conversations)
  local run = process.run_pyrolua { "-e", ([[
    local uri = "PYRO:object@127.0.0.1:%d"
    local function bind(proxy)
      local ok, err = pcall(proxy._pyroBind, proxy)
      print(ok and "bound" or err)
    end
    %s]]):format(port, script), env = env }
  assert.are.equal("", run.err)
  return run.out, heard
end

local function versions(heard)
  local list = {}
  for i, bytes in ipairs(heard) do
    list[i] = (">H"):unpack(bytes, 5)
  end
  return list
end

--- The numbers of the serializers of protocol 48.
local function serializers(heard)
  local list = {}
  for i, bytes in ipairs(heard) do
    list[i] = (">H"):unpack(bytes, 17)
  end
  return list
end

describe("a proxy", function()
  after_each(process.stop_all)

  it("speaks protocol 502 where the server refuses 48, and remembers it #r35:L5", function()
    local out, heard = use({ { REFUSED_502 }, { OK_502, "" } }, [[
      local proxy = pyro.Proxy(uri)
      bind(proxy)
      proxy:_pyroRelease()
      bind(proxy)]])
    assert.are.equal("bound\nbound\n", out)
    assert.are.same({ 48, 502, 502 }, versions(heard))
  end)

  it("speaks the other protocol where the server hangs up without a word", function()
    local out, heard = use({ {}, { OK_502, "" } }, "bind(pyro.Proxy(uri))")
    assert.are.equal("bound\n", out)
    assert.are.same({ 48, 502 }, versions(heard))
    out, heard = use({ {} }, "bind(pyro.Proxy(uri))")
    assert.matches("^ConnectionClosedError: ", out)
    assert.are.equal(502, versions(heard)[2])
  end)

  it("goes back to 48 where the server became another one", function()
    local out, heard = use({ { REFUSED_502 }, { OK_502, "" }, { REFUSED_48 }, { OK_48, "" } }, [[
      local proxy = pyro.Proxy(uri)
      bind(proxy)
      proxy:_pyroRelease()
      bind(proxy)]])
    assert.are.equal("bound\nbound\n", out)
    assert.are.same({ 48, 502, 502, 48 }, versions(heard))
  end)

  it("that is to speak one protocol speaks no other", function()
    local out, heard = use({ { REFUSED_502 } }, "bind(pyro.Proxy(uri, { protocol = 48 }))")
    assert.matches("^CommunicationError: connection to %b() rejected: invalid protocol version: 48\n$", out)
    assert.are.same({ 48 }, versions(heard))
    out, heard = use({ { REFUSED_48 } }, "bind(pyro.Proxy(uri))", { PYRO_PROTOCOL = "502" })
    assert.matches("rejected: invalid data or unsupported protocol version\n$", out)
    assert.are.same({ 502 }, versions(heard))
    out = use({ {} }, "bind(pyro.Proxy(uri, { protocol = 502, serializer = 'msgpack' }))")
    assert.matches("^ConnectionClosedError: ", out)
  end)

  it("is told when the server answers in both at once", function()
    local out = use({ { OK_502 } }, "bind(pyro.Proxy(uri))")
    assert.matches("^ProtocolError: cannot connect to %b(): invalid msg type 2 received\n$", out)
  end)

  it("whose serializer is refused says which, and what to do #r37:L4", function()
    local out, heard = use({ { NO_MSGPACK } }, "bind(pyro.Proxy(uri, { serializer = 'msgpack' }))")
    assert.matches("^CommunicationError: connection to %b() rejected: message used serializer that is not accepted: 6 "
      .. "%(msgpack; choose another one by SERIALIZER or _pyroSerializer, or have the server accept it%)\n$", out)
    assert.are.equal(1, #heard)
  end)

  it("tries serpent, msgpack, pickle and json, each once, and remembers what was taken", function()
    local script = [[
      local proxy = pyro.Proxy(uri)
      bind(proxy)
      proxy:_pyroRelease()
      bind(proxy)]]
    local out, heard = use({ { NO_SERPENT }, { NO_MSGPACK }, { OK_48, "" }, { OK_48, "" } }, script)
    assert.are.equal("bound\nbound\n", out)
    assert.are.same({ 1, 6, 4, 4 }, serializers(heard))
    out, heard = use({ { NO_SERPENT }, { NO_MSGPACK }, { OK_48, "" }, { NO_PICKLE }, { NO_SERPENT }, { NO_MSGPACK },
      { NO_JSON } }, script)
    assert.matches("^bound\n[^\n]*not accepted: 2 %(json; choose another one by SERIALIZER [^\n]*\n$", out)
    assert.are.same({ 1, 6, 4, 4, 1, 6, 2 }, serializers(heard))
    out, heard = use({ { NO_SERPENT }, { NO_MSGPACK }, { NO_PICKLE }, { OK_48, "" }, { OK_48, "" } }, script)
    assert.are.equal("bound\nbound\n", out)
    assert.are.same({ 1, 6, 4, 2, 2 }, serializers(heard))
  end)

  it("goes from pickle to what Pyro5 has where the server became one", function()
    local out, heard = use({ { NO_SERPENT }, { NO_MSGPACK }, { OK_48, "" }, { REFUSED_502 }, { OK_502, "" } }, [[
      local proxy = pyro.Proxy(uri)
      bind(proxy)
      proxy:_pyroRelease()
      bind(proxy)]])
    assert.are.equal("bound\nbound\n", out)
    assert.are.same({ 48, 48, 48, 48, 502 }, versions(heard))
    assert.are.equal(1, heard[5]:byte(8))
  end)

  it("set to pickle is told that Pyro5 has none", function()
    for _, script in ipairs { "bind(pyro.Proxy(uri, { serializer = 'pickle' }))",
      "pyro.config.SERIALIZER = 'pickle' bind(pyro.Proxy(uri))" } do
      local out, heard = use({ { REFUSED_502 } }, script)
      assert.are.equal("ValueError: protocol 502 (Pyro5) has no pickle; choose another serializer\n",
        out)
      assert.are.same({ 48 }, versions(heard))
      assert.are.same({ 4 }, serializers(heard))
    end
    local out, heard = use({ { REFUSED_502 }, { OK_502, "" }, { OK_48, "" } }, [[
      local proxy = pyro.Proxy(uri)
      bind(proxy)
      proxy:_pyroRelease()
      proxy._pyroSerializer = "dill"
      bind(proxy)]]) -- the server became one of Pyro4
    assert.are.equal("bound\nbound\n", out)
    assert.are.same({ 48, 502, 48 }, versions(heard))
  end)

  it("writes bytes in serpent as SERPENT_BYTES_REPR says", function()
    local call = "print(pyro.Proxy(uri, { serializer = 'serpent' }):echo '\\255')"
    local conversation = { OK_48, raw.message(raw.RESULT, "\x07"), "" }
    local out, heard = use({ conversation }, call)
    assert.are.equal("7\n", out)
    assert.matches("'echo',({'data': '/w==', 'encoding': 'base64'},),", heard[1], 1, true)
    out, heard = use({ conversation }, call, { PYRO_SERPENT_BYTES_REPR = "true" })
    assert.are.equal("7\n", out)
    assert.matches("'echo',(b'\\xff',),", heard[1], 1, true)
  end)
end)

describe("a server", function()
  after_each(process.stop_all)

  it("writes bytes in serpent as SERPENT_BYTES_REPR says", function()
    for setting, written in pairs { ["false"] = "{'data': '/w==', 'encoding': 'base64'}", ["true"] = "b'\\xff'" } do
      local server = process.start_pyrolua { "-e", [[
        local daemon = pyro.Daemon {}
        pyro.spawn(print, "PORT", daemon:register({ bytes = function() return "\255" end }, "x").port)
        daemon:requestLoop()]], env = { PYRO_SERPENT_BYTES_REPR = setting } }
      local peer = raw.connect(server:expect "PORT%s+(%d+)")
      assert.are.equal("CONNECTOK", peer:introduce "x")
      peer:send(raw.message(raw.INVOKE, "('x','bytes',(),{})", { serializer = 1 }))
      local name, data = peer:message()
      assert.are.same({ "RESULT", "# serpent utf-8 python3.2\n" .. written }, { name, data })
      peer:close()
    end
  end)
end)

describe("programs of pyrolua", function()
  local TYPED = (">c4s2"):pack("TYPM", "1")
  local TUPLE = "\x92\xd4\x34\x01\x01" -- (1,), as they write it for each other

  after_each(process.stop_all)

  --- Serves in a process of its own; returns its port.
  local function serve(env)
    local server = process.start_pyrolua { "-e", [[
      local daemon = pyro.Daemon {}
      local uri = daemon:register({
        tuple = function() return pyro.tuple { 1 } end,
        shown = function(_, value) return pyro.repr(value) end,
        annotations = function() return pyro.repr(pyro.current_context.annotations) end,
      }, "x")
      pyro.spawn(print, "PORT", uri.port)
      daemon:requestLoop()]], env = env }
    return server:expect "PORT%s+(%d+)"
  end

  local function answer(peer, method, arguments)
    peer:send(raw.message(raw.INVOKE, raw.call("x", method, arguments)))
    local name, data = peer:message()
    return name .. " " .. data
  end

  it("answer in types of their own to those who read them, and to nobody else", function()
    local port = serve()
    local other = (">c4s2"):pack("TYPM", "2")
    for annotations, expected in pairs { [""] = "\x91\x01", [TYPED] = TUPLE, [other] = "\x91\x01" } do
      local peer = raw.connect(port)
      local name, _, _, said = peer:introduce("x", annotations)
      assert.are.same({ "CONNECTOK", annotations == TYPED and TYPED or "" }, { name, said })
      assert.are.equal("RESULT " .. expected, answer(peer, "tuple"))
      peer:close()
    end
  end)

  it("read such types from anybody, and refuse what is malformed", function()
    local peer = raw.connect(serve())
    peer:introduce "x"
    assert.are.equal("RESULT " .. raw.text "(1,)", answer(peer, "shown", raw.list(TUPLE)))
    for _, bad in ipairs { "\x91\xd4\x34\x09", "\x92\xc0\xd4\x34\x01" } do
      assert.matches("^RESULT! .*malformed extension value", answer(peer, "shown", raw.list(bad)))
    end
    assert.are.equal("RESULT " .. raw.text "(1,)", answer(peer, "shown", raw.list(TUPLE)))
    peer:close()
  end)

  it("do not offer what they would not accept", function()
    local port = serve { PYRO_SERIALIZERS_ACCEPTED = "serpent" }
    local peer = raw.connect(port)
    peer:send(raw.message(raw.CONNECT, "{'handshake':'hello','object':'x'}",
      { serializer = 1, flags = raw.METADATA, annotations = TYPED }))
    local name, _, _, said = peer:message()
    assert.are.same({ "CONNECTOK", "" }, { name, said })
    peer:close()
    local client = process.run_pyrolua { "-e",
      ("print(pyro.Proxy 'PYRO:x@127.0.0.1:%s':shown(pyro.tuple { 1, { [2] = 3 } }))"):format(port) }
    assert.are.equal("(1, {2: 3})\n", client.out)
  end)

  it("keep this to themselves", function()
    local client = process.run_pyrolua { "-e", ([[
      local proxy = pyro.Proxy 'PYRO:x@127.0.0.1:%s'
      proxy:_pyroBind()
      print(pyro.repr(pyro.current_context.response_annotations), proxy:annotations())]]):format(serve()) }
    assert.are.equal("[]\t[]\n", client.out)
  end)

  it("ask with serpent, and go on as the server says", function()
    local welcome = "{'handshake':'hello','meta':{'methods':['echo'],'oneway':[],'attrs':[]}}"
    local result = raw.message(raw.RESULT, "7", { serializer = 1 })
    for _, case in ipairs {
      { "('object','echo',((1,),),{})" }, { raw.call("object", "echo", "\x91" .. TUPLE), says = TYPED },
      { '"params": [[1]]', says = TYPED, chosen = "json" },
      { raw.call("object", "echo", "\x91" .. TUPLE), says = TYPED, chosen = "msgpack" },
      { raw.call("object", "echo", "\x91\x91\x01"), chosen = "msgpack" },
    } do
      local ok = raw.message(raw.CONNECTOK, welcome, { serializer = 1, flags = raw.METADATA, seq = 0,
        annotations = case.says })
      local out, heard = use({ { ok, result, "" } },
        ("print(pyro.Proxy(uri, { serializer = %s }):echo(pyro.tuple { 1 }))")
        :format(case.chosen and ("%q"):format(case.chosen)))
      assert.are.equal("7\n", out)
      assert.matches(TYPED, heard[1], 1, true)
      assert.matches(case[1], heard[1], 1, true)
    end
  end)

  it("refuse before a byte is sent what a chosen serializer cannot carry", function()
    for serializer, case in pairs {
      msgpack = { "{ a = { [1001] = 2.5 } }", "argument 1.a[1001]: msgpack has only str and bytes as keys; "
        .. "serpent and marshal take others" },
      json = { "{ 1, '\\255' }", "argument 1[2]: don't know how to serialize class <class 'bytes'> using serializer "
        .. "JsonSerializer; serpent, marshal and msgpack can" },
      marshal = { "pyro.date(1)", "argument 1: marshal has no date; msgpack and serpent have" },
      serpent = { "{ [pyro.bytes 'x'] = 1 }", "argument 1[a table]: bytes cannot be a key or in a set, with serpent; "
        .. "marshal can have that" },
    } do
      local out, heard = use({ { OK_48, "" } }, ([[
        local proxy = pyro.Proxy(uri, { serializer = %q })
        proxy:_pyroBind()
        print(select(2, pcall(proxy.echo, proxy, %s)).message)]]):format(serializer, case[1]))
      assert.are.equal(case[2] .. "\n", out)
      assert.is_nil(heard[1]:find("echo", 1, true))
    end
  end)

  it("write blobs, which others may get, as every Pyro reads them", function()
    local ok = raw.message(raw.CONNECTOK, WELCOME, { flags = raw.METADATA, seq = 0, annotations = TYPED })
    local _, heard = use({ { ok, raw.message(raw.RESULT, "\x07"), "" } },
      "pyro.Proxy(uri):echo(pyro.SerializedBlob('info', { pyro.tuple { 1 } }))")
    assert.matches("('object','echo',[(1,)],{})", heard[1], 1, true)
  end)
end)
