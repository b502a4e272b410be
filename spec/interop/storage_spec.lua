--- A file of names that the real Pyro and pyrolua use, at the same time.
local crashes = require "spec.support.crashes"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"

local PROGRAM = "spec/interop/python/names_file.py"

local function new_file()
  local path = process.file("names", "")
  for _, ending in ipairs { "", "-wal", "-shm" } do
    os.remove(path .. ending)
  end
  return path
end

local function start(path, port)
  local server = process.start_pyrolua { "-m", "pyro.naming", "-p", port or "0", "-s", "sql:" .. path }
  return server, math.tointeger(server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n")
end

--- The storage of a real name server, in a program of its own.
local function open_in(generation, path)
  local python = peers.start(generation, { PROGRAM, generation:match "%d", path })
  python:expect "ready\n"
  return python
end

local function ask(python, command, pattern)
  python:write(command .. "\n")
  return python:expect(pattern)
end

--- The URI and tags that a name server has, once they are these.
local function shows(ns, name, wanted)
  local shown
  local there = process.eventually(function()
    local ok, uri, tags = pcall(function()
      return table.unpack(ns:lookup(name, true))
    end)
    shown = ok and tostring(uri) .. " " .. table.concat(tags, " ") or "nothing"
    return shown == wanted
  end)
  assert(there, name .. ": " .. shown .. " instead of " .. wanted)
end

describe("a file of names", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    local number = generation:match "%d"
    it(("is shared with %s #r5:L%s #r5:%sL"):format(generation, number, number), function()
      local path = new_file()
      local python = open_in(generation, path) -- makes the tables
      ask(python, "set before PYRO:before@h:1 old", "set\n")
      local _, port = start(path)
      local ns <close> = pyro.locateNS("localhost", port)
      shows(ns, "before", "PYRO:before@h:1 old")
      ns:register("ours", "PYRO:ours@h:1", { metadata = { "b", "a" } })
      ask(python, "list", "before PYRO:before@h:1 old\nours PYRO:ours@h:1 a b\nend\n")
      ask(python, "set theirs PYRO:theirs@h:1 tag", "set\n")
      ask(python, "set ours PYRO:ours@h:2 c", "set\n")
      ask(python, "remove before", "removed\n")
      shows(ns, "theirs", "PYRO:theirs@h:1 tag")
      shows(ns, "ours", "PYRO:ours@h:2 c")
      shows(ns, "before", "nothing")
      ns:register("theirs", "PYRO:theirs@h:2")
      ns:set_metadata("ours", { "d" })
      assert.are.equal(1, ns:remove(nil, "our"))
      ask(python, "list", "theirs PYRO:theirs@h:2\nend\n")
    end)

    it(("is the same for a name server of %s #r5:L%s #r5:%sL"):format(generation, number, number), function()
      local path = new_file()
      local server, port = start(path)
      do
        local ns <close> = pyro.locateNS("localhost", port)
        ns:register("a", "PYRO:a@h:1", { metadata = { "t" } })
      end
      server:kill "sigterm"
      assert.are.equal(0, server:wait())
      local python, env = peers.name_server(generation, nil, nil, "sql:" .. path)
      assert.matches("Persistent store contains 2 existing registrations%.\n", python.output)
      local list = peers.nsc("Lua", env, { "list", "a" })
      assert.matches("\na %-%-> PYRO:a@h:1\n    metadata: [{%[]'t'[}%]]\n", list.out)
      python:kill "sigterm"
      python:wait()
      local again = start(path)
      assert.matches("Persistent store contains 2 existing registrations%.\n", again.output)
    end)
  end

  it("of dbm is copied by scripts/import-dbm #r5:4L", function()
    local old, new = new_file(), process.file("copied", "")
    os.remove(new)
    local made = peers.run("Pyro4", { "-c", ([[
from Pyro4.naming_storage import DbmStorage
storage = DbmStorage("%s")
storage["a.name"] = "PYRO:a@h:1", None
storage["\u00fcn\u00ef"] = "PYRO:b@h:1", None
storage["Pyro.NameServer"] = "PYRO:Pyro.NameServer@h:1", None]]):format(old) })
    assert.are.equal("", made.err)
    local function import(from, to)
      return process.run { "scripts/import-dbm", from, to }
    end
    assert.are.equal("2 names copied\n", import(old, "sql:" .. new).out)
    assert.are.equal("0 names copied, 2 were there already\n", import(old, "sql:" .. new).out)
    local _, port = start(new)
    local ns <close> = pyro.locateNS("localhost", port)
    assert.are.equal("PYRO:a@h:1", tostring(ns:lookup "a.name"))
    assert.are.equal("PYRO:b@h:1", tostring(ns:lookup "ünï"))
    assert.are.equal(3, ns:count())
    local run = import(old, "sql:/nowhere/names")
    assert.are.equal(1, run.code)
    assert.are.equal("import-dbm: /nowhere/names: unable to open database file\n", run.err)
    assert.matches("^import%-dbm: /nowhere: [^\n]+\n$", import("/nowhere", "sql:" .. new).err)
    assert.matches("\nusage: import%-dbm FILE sql:NEW\n", import(old, new).err)
  end)

  it("loses no acknowledged name to a crash #r5:L4 #r5:4L", function()
    local path = new_file()
    local python = open_in("Pyro4", path)
    local function check()
      ask(python, "check", "right %d+\n")
    end
    local acknowledged = crashes.run(crashes.rounds(20), function(port)
      local server = start(path, port)
      check() -- while ours runs
      return server
    end, function(round)
      if round % 2 == 0 then -- Pyro recovers what was being written; else ours does
        check()
      end
    end)
    assert.is_true(acknowledged > 20)
  end)
end)
