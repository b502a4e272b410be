--- The module in a stock lua5.4, from an installed tree, and from a rock. Nobody schedules tasks
--- there: a call waits wherever it is made, also where Lua could not yield.
local process = require "spec.support.process"

local root -- where it is installed

--- The environment of a lua5.4 that finds the module in a tree, and nothing of this folder.
local function environment(tree)
  return {
    LUA_PATH = ("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;;"):format(tree, tree),
    LUA_CPATH = tree .. "/lib/lua/5.4/?.so;;",
    LD_PRELOAD = process.preload(),
  }
end

local function run(command)
  local shell = process.run { "sh", "-c", command }
  assert.are.equal(0, shell.code, shell.output)
  return shell.output
end

local function start(tree, code, ...)
  local script = process.file("stock.lua", "local pyro = require 'pyro'\n" .. code)
  return process.start { "lua5.4", script, ..., env = environment(tree) }
end

local SERVER = [[
local numbers, changed = { count = 0 }, pyro.event()
function numbers:add(a, b) self.count = self.count + 1 changed:set() return a + b end
function numbers:less(a, b) return a < b end
local function await(condition)
  while not condition() do changed:wait() changed:clear() end
end
local waiting = 0
--- Answers when add() was called so often.
function numbers:after(count)
  waiting = waiting + 1 changed:set()
  await(function() return self.count >= count end)
  return "after " .. count
end
--- Answers when somebody waits in after().
function numbers:awaited() await(function() return waiting > 0 end) end
function numbers:refuse() error(pyro.ValueError "never") end
function numbers:upto(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local daemon = pyro.Daemon {}
pyro.spawn(print, daemon:register(numbers, "numbers"))
daemon:requestLoop()
print "over"]]

describe("a stock lua5.4", function()
  setup(function()
    root = process.file("stock", "") .. ".d"
    run(("make install-lua B=%s PREFIX= DESTDIR=%s"):format(process.build(), root))
  end)

  teardown(function()
    run("rm -rf " .. root)
  end)

  after_each(process.stop_all)

  local function serve()
    local server = start(root, SERVER)
    return server:expect "(PYRO:numbers@%S+)", server
  end

  --- Returns what code prints that has a proxy, `numbers`.
  local function output_of(code)
    local uri, server = serve()
    local client = start(root, "local uri = ...\nlocal numbers = pyro.Proxy(uri)\n" .. code, uri)
    assert.are.equal(0, client:wait(), client.output)
    server:kill "sigint"
    server:expect "over\n"
    assert.are.equal(0, server:wait())
    return client.output
  end

  it("calls from the main chunk", function()
    assert.are.equal("3\tfalse\tValueError: never\n", output_of [[
      print(numbers:add(1, 2), pcall(function() return numbers:refuse() end))]])
  end)

  it("iterates over what comes item by item", function()
    assert.are.equal("1\n2\n3\n", output_of "for item in numbers:upto(3) do print(item) end")
  end)

  it("calls from coroutines of somebody else, which yield what they like", function()
    assert.are.equal("3\tyielded\n7\treturned\n", output_of [[
      local f = coroutine.wrap(function()
        coroutine.yield(numbers:add(1, 2), "yielded")
        return numbers:add(3, 4), "returned"
      end)
      print(f())
      print(f())]])
  end)

  it("calls where Lua cannot yield", function()
    assert.are.equal("1 2 3\n5\n<3>\n3 4\ntrue\ttrue\nclosed 9\n6\n", output_of [[
      local list = { 3, 1, 2 }
      table.sort(list, function(a, b) return numbers:less(a, b) end)
      print(table.concat(list, " "))
      local mt = {
        __add = function(a, b) return numbers:add(a.n, b.n) end,
        __lt = function(a, b) return numbers:less(a.n, b.n) end,
        __eq = function(a, b) return numbers:add(a.n, 0) == b.n end,
        __tostring = function(a) return "<" .. numbers:add(a.n, 0) .. ">" end,
        __close = function(a) print("closed " .. numbers:add(a.n, 0)) end,
      }
      local function box(n) return setmetatable({ n = n }, mt) end
      print(box(2) + box(3))
      print(box(3))
      print((("2,1 3,1"):gsub("(%d),(%d)", function(a, b) return numbers:add(a + 0, b + 0) end)))
      print(box(1) < box(2), box(1) == box(1))
      do local _ <close> = box(9) end
      print(load(coroutine.wrap(function() -- a reader
        coroutine.yield "return "
        coroutine.yield(tostring(numbers:add(2, 4)))
      end))())]])
  end)

  it("calls while a module is required, and in a finalizer", function()
    local folder = process.file("module.lua", "return numbers:add(20, 3)"):match "(.*)/"
    assert.are.equal("23\ncollected 5\n", output_of(([[
      _G.numbers = numbers
      package.path = %q .. "/?.lua;" .. package.path
      print((require "module"))
      setmetatable({}, { __gc = function() print("collected " .. numbers:add(2, 3)) end })
      collectgarbage()]]):format(folder)))
  end)

  it("runs tasks meanwhile", function()
    assert.are.equal("[1, 2, 3]\nafter 1\n", output_of [[
      local task = pyro.spawn(function() print(pyro.Proxy(uri):after(1)) end)
      local list = { 3, 1, 2 }
      table.sort(list, function(a, b) numbers:awaited() return numbers:less(a, b) end)
      print(pyro.repr(list))
      numbers:add(1, 1)
      pyro.join(task)]])
  end)

  it("waits in a comparator until another's call is answered, too", function()
    assert.are.equal("after 5\nsorted\n", output_of [[
      local task = coroutine.wrap(function()
        table.sort({ 1, 2 }, function() print(numbers:after(5)) return false end)
      end)
      local other = pyro.Proxy(uri)
      pyro.spawn(function() for _ = 1, 5 do other:add(1, 1) end end)
      task()
      print "sorted"]])
  end)

  it("runs this project's own specs in busted", function()
    local specs = {}
    for _, name in ipairs { "objects", "errors", "types", "batches", "futures", "values" } do
      specs[#specs + 1] = ("spec/integration/%s_spec.lua"):format(name)
    end
    local env = environment(root)
    env.LUA_PATH = "./?.lua;" .. env.LUA_PATH
    local busted = process.start { "lua5.4", "/usr/bin/busted", "-o", "spec/support/closing.lua", env = env,
      table.unpack(specs) }
    assert.are.equal(0, busted:wait(300), busted.output)
    assert.is_true(tonumber(busted.out:match "(%d+) passed, 0 failed\n$") > 80)
  end)
end)

describe("a rock", function()
  local tree = process.file("rock", "") .. ".d"

  teardown(function()
    run(("rm -rf %s %s.build"):format(tree, tree))
  end)

  after_each(process.stop_all)

  it("is made by luarocks, and works from its tree", function()
    local luarocks = "luarocks --lua-version 5.4 --tree " .. tree
    run("luarocks --lua-version 5.4 lint *.rockspec")
    -- Debian's argparse is no rock, so luarocks does not know of it. Its flags are not ours: another
    -- folder is built in, from the start.
    local ours = "env -u MAKEFLAGS -u MAKELEVEL -u OPT B=" .. tree .. ".build "
    local made = process.start { "sh", "-c", ours .. luarocks .. " make --deps-mode none" }
    assert.are.equal(0, made:wait(600), made.output)
    assert.matches("pyrolua %S+ is now installed in " .. tree, made.output)
    local server = start(tree, SERVER)
    local client = start(tree, "print(pyro.Proxy(...):add(1, 2))", server:expect "(PYRO:numbers@%S+)")
    client:expect "^3\n"
    assert.matches("\npyrolua\n", run(luarocks .. " list"))
    run(luarocks .. " remove pyrolua")
    assert.are.equal("", run(("find %s -name '*.so'"):format(tree)))
  end)
end)
