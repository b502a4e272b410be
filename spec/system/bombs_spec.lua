--- Short messages that stand for very many values cost neither a server nor a client more memory than
--- they may, and hold up nobody for long.
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local SERVER = [[
  local target = {}
  function target:echo(value) return value end
  local daemon = pyro.Daemon {}
  local uri = daemon:register(target, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local BYSTANDER = [[
  local pyro = require "pyro"
  local proxy, calls = pyro.Proxy(...), 0
  while true do
    calls = calls + 1
    assert(proxy:echo(calls) == calls)
    if calls % 50 == 0 then print(calls .. " calls") end
  end
]]

--- Calls a method of the object at the URI, the first argument: it is refused, again and again; then
--- says how much memory that took.
local CLIENT = [[
  local pyro = require "pyro"
  local proxy = pyro.Proxy(arg[1])
  for _ = 1, 2 do
    print(select(2, pcall(proxy.echo, proxy)))
  end
  print("MEMORY", io.open("/proc/self/status"):read("a"):match "VmHWM:%s*(%d+)")
]]

--- Writes the compressed data of calls and of results, each of some millions of values, into a folder.
local EXPLOSIVES = [[
import sys, struct, zlib
folder = sys.argv[1]
VALUES = {
    "msgpack": (b"\xdd%s", {"ints": b"\x01", "lists": b"\x90", "texts": b"\xa1a"}, b""),
    "json": (b"[", {"ints": b"1,", "lists": b"[],", "texts": b'"a",'}, b"0]"),
    "serpent": (b"[", {"ints": b"1,", "lists": b"[],", "texts": b"'a',"}, b"]"),
    "marshal": (b"[%s", {"ints": b"i\1\0\0\0", "lists": b"[\0\0\0\0", "texts": b"z\1a"}, b""),
}
COUNTS = {"ints": 20000000, "lists": 5000000, "texts": 8000000}
CALLS = {
    "msgpack": (b"\x94\xa6target\xa4echo\x91", b"\x80"),
    "json": (b'{"object":"target","method":"echo","params":[', b'],"kwargs":{}}'),
    "serpent": (b"('target','echo',(", b",),{})"),
    "marshal": (b")\4z\6targetz\4echo)\1", b"{0"),
}
def write(name, data):
    with open(folder + "/" + name, "wb") as file:
        file.write(zlib.compress(data, 1))
for codec, (begin, items, end) in VALUES.items():
    for name, item in items.items():
        count = COUNTS[name]
        if codec == "msgpack":
            head = begin % struct.pack(">I", count)
        elif codec == "marshal":
            head = begin % struct.pack("<I", count)
        else:
            head = begin
        value = head + item * count + end
        write(f"{codec}.{name}.result", value)
        write(f"{codec}.{name}.call", CALLS[codec][0] + value + CALLS[codec][1])
write("zeros", bytes(1024 * 1024 * 300))
]]

local IDS = { serpent = 1, json = 2, marshal = 3, msgpack = 6 }
local KINDS = { "ints", "lists", "texts" }
local COMPRESSED = 2
local MOST = 256 + 100 + 50 -- MiB: the values, what they are inflated from, and the program itself
if process.preload() or os.getenv "PYROLUA" then
  MOST = 4 * MOST -- a checker of memory takes some, and keeps what was freed
end

local function content(name)
  local file = assert(io.open(process.folder .. "/" .. name, "rb"))
  local data = file:read "a"
  file:close()
  return data
end

describe("a bomb", function()
  setup(function()
    local script = process.file("explosives.py", EXPLOSIVES)
    local python = process.run { os.getenv "PYTHON" or "/usr/bin/python3", script, process.folder }
    assert.are.equal(0, python.code, python.err)
  end)

  describe("for a server", function()
    local server, bystander, port

    setup(function()
      server = process.start_pyrolua { "-e", SERVER }
      port = tonumber((server:expect "PORT\t(%d+)"))
      bystander = process.start_pyrolua { process.file("bystander.lua", BYSTANDER), "PYRO:target@localhost:" .. port }
      bystander:expect "%d+ calls\n"
    end)

    teardown(process.stop_all)

    local function check_unharmed()
      bystander.seen = #bystander.output + 1
      bystander:expect "%d+ calls\n"
      assert.is_nil(server.code)
      local status = assert(io.open(("/proc/%d/status"):format(server.pid))):read "a"
      local taken = tonumber(status:match "VmHWM:%s*(%d+)") / 1024
      assert.is_true(taken < MOST, ("the server took %.0f MiB"):format(taken))
    end

    --- Sends a message some times; returns the answers' names, and the last one's data.
    local function throw(data, header)
      local peer, names, answer = raw.connect(port), {}, nil
      assert.are.equal("CONNECTOK", peer:introduce "target")
      for i = 1, 2 do
        peer:send(raw.message(raw.INVOKE, data, header))
        names[i], answer = peer:message()
      end
      peer:send(raw.message(raw.INVOKE, raw.call("target", "echo", "\x91\x07")))
      assert.are.same({ "RESULT", "\x07", 1, "" }, { peer:message() }, "the connection goes on")
      peer:close()
      return names, answer
    end

    for codec, id in pairs(IDS) do
      for _, kind in ipairs(KINDS) do
        it(("of %s in %s is refused"):format(kind, codec), function()
          local data = content(("%s.%s.call"):format(codec, kind))
          local names, answer = throw(data, { serializer = id, flags = COMPRESSED })
          assert.are.same({ "RESULT!", "RESULT!" }, names)
          assert.matches("SerializeError", answer)
          assert.matches("more memory than MAX_VALUE_MEMORY allows %(268435456 bytes%)", answer)
          check_unharmed()
        end)
      end
    end

    it("of nothing but zeros is refused", function()
      local names, answer = throw(content "zeros", { flags = COMPRESSED })
      assert.are.same({ "RESULT!", "RESULT!" }, names)
      assert.matches("more memory than MAX_VALUE_MEMORY allows", answer)
      check_unharmed()
    end)

    it("of many values from a stranger is refused", function()
      local peer, many = raw.connect(port), "\xdd" .. (">I4"):pack(1000000) .. ("\0"):rep(1000000)
      peer:send(raw.message(raw.CONNECT, "\x82" .. raw.text "handshake" .. many .. raw.text "object"
        .. raw.text "target"))
      local name, answer = peer:message()
      assert.are.equal("CONNECTFAIL", name)
      assert.matches("more memory than MAX_VALUE_MEMORY allows %(8388608 bytes%)", answer)
      peer:close()
      check_unharmed()
    end)

    it("from a stranger is refused", function()
      local peer = raw.connect(port)
      peer:send(raw.message(raw.CONNECT, content "zeros", { flags = COMPRESSED }))
      local name, answer = peer:message()
      assert.are.equal("CONNECTFAIL", name)
      assert.matches("max message size exceeded", answer)
      peer:close()
      check_unharmed()
    end)
  end)

  describe("for a client", function()
    teardown(process.stop_all)

    local WELCOME = raw.message(raw.CONNECTOK, "\x82" .. raw.text "handshake" .. raw.text "hello" .. raw.text "meta"
      .. "\x83" .. raw.text "methods" .. raw.list(raw.text "echo") .. raw.text "oneway" .. "\x90"
      .. raw.text "attrs" .. "\x90", { flags = raw.METADATA })

    for codec, id in pairs(IDS) do
      for _, kind in ipairs(KINDS) do
        it(("of %s in %s is refused"):format(kind, codec), function()
          local replies, data = { WELCOME }, content(("%s.%s.result"):format(codec, kind))
          for i = 1, 2 do
            replies[i + 1] = raw.message(raw.RESULT, data, { serializer = id, flags = COMPRESSED, seq = i })
          end
          local script = process.file("client.lua", CLIENT)
          local client = process.run_pyrolua { script, "PYRO:target@localhost:" .. raw.serve(replies) }
          local _, count = client.out:gsub("SerializeError: the values of the message take more memory than "
            .. "MAX_VALUE_MEMORY allows", "")
          assert.are.equal(2, count, client.output)
          local taken = tonumber(client.out:match "MEMORY\t(%d+)") / 1024
          assert.is_true(taken < MOST, ("the client took %.0f MiB"):format(taken))
        end)
      end
    end
  end)
end)
