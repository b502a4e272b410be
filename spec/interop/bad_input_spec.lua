--- Answers of a daemon to bad input, which are those of Pyro's; and the connection ends where Pyro
--- ends it.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local LUA = [[
  local Target = {}
  function Target:echo(value) return value end
  function Target:add(a, b) return a + b end
  function Target:_private() return "secret" end
  local daemon = pyro.Daemon {}
  local uri = daemon:register(Target, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local function start(language)
  local program = language == "Lua" and { "-e", LUA }
    or { "spec/interop/python/target.py", env = peers.MSGPACK }
  local server = peers.start(language, program)
  return tonumber((server:expect "PORT%s+(%d+)"))
end

--- Returns what came back for the bytes: the names of the messages with the names of errors, and whether the
--- connection was closed. A client adds a ping, which is answered last; `seconds` is how long to wait for
--- an answer that need not come.
local function observe(port, bytes, introduced, seconds)
  local peer = raw.connect(port)
  if introduced then
    assert.are.equal("CONNECTOK", peer:introduce "target")
    bytes = bytes .. raw.message(raw.PING, "", { seq = 999 })
  end
  peer:send(bytes)
  local seen = {}
  repeat
    local name, data, seq = peer:message(seconds)
    if name and seq ~= 999 then
      seen[#seen + 1] = name .. " " .. (data:match "%u%l+%u?%l*Error" or "")
    end
  until not name or seq == 999
  seen[#seen + 1] = peer.closed and "closed" or "open"
  peer:close()
  return table.concat(seen, ", ")
end

local STRANGERS = { -- before they shook hands
  ["text that is no Pyro"] = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n",
  ["zeros"] = ("\0"):rep(100),
  ["another magic"] = raw.message(raw.CONNECT, "", { magic = "PIRO" }),
  ["an old protocol"] = raw.message(raw.CONNECT, "", { version = 47 }),
  ["an unknown protocol"] = raw.message(raw.CONNECT, "", { version = 999 }),
  ["a bad checksum"] = raw.message(raw.CONNECT, "", { checksum = 1 }),
  ["data longer than anything"] = raw.message(raw.CONNECT, "", { length = 0xffffffff }),
  ["a call without a handshake"] = raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x01")),
  ["a ping without a handshake"] = raw.message(raw.PING, ""),
  ["an unknown message type"] = raw.message(77, ""),
  ["an unknown object"] = raw.hello "nobody",
  ["a serializer that does not exist"] = raw.message(raw.CONNECT, "x", { serializer = 99 }),
  ["pickle"] = raw.message(raw.CONNECT, "cos\nsystem\n(S'id'\ntR.", { serializer = 4 }),
  ["msgpack cut"] = raw.message(raw.CONNECT, "\x82\xa9hand", { flags = raw.METADATA }),
  ["msgpack that is no dict"] = raw.message(raw.CONNECT, "\x01", { flags = raw.METADATA }),
  ["no handshake data"] = raw.message(raw.CONNECT, "\x80", { flags = raw.METADATA }),
  ["no data"] = raw.message(raw.CONNECT, ""),
}

local function call(...)
  return raw.message(raw.INVOKE, raw.call(...))
end

local CLIENTS = { -- after they did
  ["a sound call"] = call("target", "echo", "\x91\x01"),
  ["an unknown object"] = call("nobody", "echo", "\x91\x01"),
  ["an unknown method"] = call("target", "nothing"),
  ["a private method"] = call("target", "_private"),
  ["a method of the language"] = call("target", "__init__"),
  ["a metamethod"] = call("target", "__class__"),
  ["too many arguments"] = call("target", "add", "\x93\x01\x02\x03"),
  ["a serializer that does not exist"] =
    raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x01"), { serializer = 99 }),
  ["a ping"] = raw.message(raw.PING, "whatever"),
  ["a second handshake"] = raw.hello "target",
  ["a result that nobody asked for"] = raw.message(raw.RESULT, "\x01"),
  ["an unknown message type"] = raw.message(77, ""),
  ["text that is no Pyro"] = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n",
  ["a bad checksum"] = raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x01"), { checksum = 1 }),
  ["another protocol"] = raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x01"), { version = 47 }),
  ["data longer than anything"] = raw.message(raw.INVOKE, "", { length = 0xffffffff }),
  ["a oneway call of nothing"] =
    raw.message(raw.INVOKE, raw.call("target", "nothing"), { flags = raw.ONEWAY }),
  ["several calls, one of them bad"] = call("target", "echo", "\x91\x01") .. call("target", "nothing")
    .. call("target", "echo", "\x91\x02"),
}

local MISFITS = { -- likewise; each language has errors of its own for these
  ["too few arguments"] = call("target", "add", "\x91\x01"),
  ["arguments that do not fit"] = call("target", "add", "\x92\x01\xc0"),
  ["msgpack cut"] = raw.message(raw.INVOKE, "\x94\xa6targ"),
  ["no data"] = raw.message(raw.INVOKE, ""),
  ["no call"] = raw.message(raw.INVOKE, "\x01"),
  ["a call of three parts"] = raw.message(raw.INVOKE, raw.list(raw.text "target", raw.text "echo", "\x90")),
  ["a list longer than the data"] = call("target", "echo", "\xdd\xff\xff\xff\xff\x01"),
  ["lists nested too deep"] = call("target", "echo", "\x91" .. ("\x91"):rep(5000) .. "\x01"),
  ["a reserved byte of msgpack"] = call("target", "echo", "\x91\xc1"),
  ["bytes after the value"] = raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x01") .. "\x01"),
}

describe("bad input is answered as Pyro does:", function()
  local lua, python

  setup(function()
    lua, python = start "Lua", start "Pyro4"
  end)

  teardown(process.stop_all)

  for name, bytes in pairs(STRANGERS) do
    it(name .. ", from a stranger", function()
      assert.are.equal(observe(python, bytes), observe(lua, bytes))
    end)
  end

  it("half a header, from a stranger", function()
    local bytes = "PYRO\0\48\0\1"
    assert.are.equal(observe(python, bytes, false, 0.2), observe(lua, bytes, false, 0.2))
  end)

  for name, bytes in pairs(CLIENTS) do
    it(name .. ", from a client", function()
      assert.are.equal(observe(python, bytes, true), observe(lua, bytes, true))
    end)
  end

  for name, bytes in pairs(MISFITS) do
    it(name .. ", from a client", function()
      local expected = observe(python, bytes, true):gsub(" %a+Error", " ")
      assert.are.equal(expected, (observe(lua, bytes, true):gsub(" %a+Error", " ")))
    end)
  end
end)
