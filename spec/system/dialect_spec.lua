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
local NO_MSGPACK = raw.message(raw.CONNECTFAIL, marshal "message used serializer that is not accepted: 6",
  { serializer = 3, seq = 0 })

--- What the proxies of a script saw, and what was said on each connection they made.
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
