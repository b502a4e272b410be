--- Python's operators on objects in Lua, and Lua's on objects in Python.
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local pyro = require "pyro"
local tags = require "spec.support.tags"

local PROGRAM = "spec/interop/python/operators.py"

local SERVER = [[
  local Container = { __len = error, __index = nil }
  Container.__index = Container

  function Container:__len__()
    local count = 0
    while self.items[count] ~= nil do
      count = count + 1
    end
    return count
  end

  function Container:__getitem__(key)
    return self.items[key] == nil and error(pyro.IndexError "no such index") or self.items[key]
  end

  function Container:__setitem__(key, value)
    self.items[key] = value
  end

  function Container:__delitem__(key)
    self.items[key] = nil
  end

  function Container:__iter__()
    return coroutine.wrap(function()
      for i = 0, self:__len__() - 1 do
        coroutine.yield(self.items[i])
      end
    end)
  end

  function Container:__init__() end

  local daemon = pyro.Daemon {}
  local uri = daemon:register(setmetatable({ items = { [0] = "a", "b", "c" } }, Container), "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
]]

for _, generation in ipairs(peers.generations()) do
  describe("operators, Lua and " .. generation, function()
    after_each(process.stop_all)

    it("work on an object in Lua" .. tags({ 12 }, generation, "Lua"), function()
      local port = peers.start("Lua", { "-e", SERVER }):expect "PORT%s+(%d+)"
      local client = peers.run(generation, { PROGRAM, generation, "client", "PYRO:target@localhost:" .. port })
      assert.are.equal("all well\n", client.output)
    end)

    it("work on an object in Python" .. tags({ 11 }, "Lua", generation), function()
      local at = peers.start(generation, { PROGRAM, generation, "server" }):expect "AT (%S+)"
      local container <close> = pyro.Proxy("PYRO:container@" .. at)
      assert.are.same({ 3, "b" }, { #container, container[1] })
      container[1], container[2] = "x", nil
      local items = {}
      for item in pairs(container) do
        items[#items + 1] = item
      end
      assert.are.same({ "a", "x" }, items)
      assert.is_true(container:__contains__ "x")
      local dictionary <close> = pyro.Proxy("PYRO:dictionary@" .. at)
      assert.are.equal(1, dictionary.key)
      dictionary.other, dictionary.key = pyro.null, nil
      assert.are.equal("[('other', None)]", dictionary:shown())
      local ok, err = pcall(function()
        return dictionary.key
      end)
      assert.are.same({ false, "KeyError" }, { ok, err.class })
    end)
  end)
end
