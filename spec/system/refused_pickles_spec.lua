--- Pickles that ask for more than data: the call is refused by name, and the connection goes on. It is
--- so whoever serves: a program in Lua, or the daemon and the name server, which are in C.
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local PICKLE = 4

local SERVER = [[
  local target = {}
  function target:echo(value) return value end
  local daemon = pyro.Daemon {}
  local uri = daemon:register(target, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

local OUTSIDE = "refused to unpickle what is not in the pickle, byte %d+"

local function names(name)
  return "refused to unpickle " .. name:gsub("%p", "%%%0") .. ": pickles are read as data, and run nothing"
end

--- A value in a pickle, and what its refusal says.
local REFUSED = {
  { "a call by GLOBAL", "cos\nsystem\n(Vid\ntR", names "os.system" },
  { "a call by STACK_GLOBAL", "\x8c\x08builtins\x8c\x04eval\x93(V1\ntR", names "builtins.eval" },
  { "a bare function", "c__builtin__\nlen\n", names "__builtin__.len" },
  { "a bare class", "c__main__\nC\n", names "__main__.C" },
  { "getattr", "\x8c\x08builtins\x8c\x07getattr\x93", names "builtins.getattr" },
  { "an attribute of a builtin", "c__builtin__\ngetattr\n(c__builtin__\nint\nVreal\ntR", names "__builtin__.int" },
  { "a call in a container", "(lcos\nsystem\n(Vid\ntRa", names "os.system" },
  { "an argument of a known class", "ccollections\ndeque\n((lcos\nsystem\n(Vid\ntRatR", names "os.system" },
  { "an unknown exception", "c__main__\nE\n(Vm\ntR", names "__main__.E" },
  { "EXT1", "\x82\x01", OUTSIDE },
  { "EXT2", "\x83\x01\x01", OUTSIDE },
  { "EXT4", "\x84\x01\x01\x01\x01", OUTSIDE },
  { "PERSID", "Px\n", OUTSIDE },
  { "BINPERSID", "NQ", OUTSIDE },
  { "INST", "(ios\nsystem\n", names "os.system" },
  { "OBJ", "(cos\nsystem\no", names "os.system" },
  { "NEXT_BUFFER", "\x97", OUTSIDE },
  { "READONLY_BUFFER", "N\x98", OUTSIDE },
}

--- A call with one argument, which is the rest of a pickle.
local function call(object, method, value)
  return raw.message(raw.INVOKE, ("(V%s\nV%s\n(%st}t."):format(object, method, value), { serializer = PICKLE })
end

local function refuses_all(port, object, method, good)
  local peer = raw.connect(port)
  assert.are.equal("CONNECTOK", peer:introduce(object))
  for _, case in ipairs(REFUSED) do
    peer:send(call(object, method, case[2]))
    local name, data = peer:message()
    assert.are.equal("RESULT!", name, case[1])
    assert.matches("SecurityError", data, 1, true)
    assert.matches(case[3], data, 1, false, case[1])
    peer:send(call(object, method, good))
    assert.are.equal("RESULT", (peer:message()), case[1])
  end
  assert.is_false(peer.closed)
  peer:close()
end

describe("pickles that ask for more than data are refused, and their connection goes on", function()
  local words = process.pyrolua()
  table.move({ "-e", SERVER }, 1, 2, #words + 1, words)

  after_each(process.stop_all)

  it("where Lua serves", function()
    local server = process.start(words)
    refuses_all(tonumber((server:expect "PORT\t(%d+)")), "target", "echo", "K\1")
  end)

  it("where C serves", function()
    local server = process.start(words)
    refuses_all(tonumber((server:expect "PORT\t(%d+)")), "Pyro.Daemon", "get_metadata", "Vtarget\n")
  end)
end)
