--- The two commands of the README, what it shows, and what the Makefile makes.
local process = require "spec.support.process"

local function read(path)
  local file = assert(io.open(path), path)
  local text = file:read "a"
  file:close()
  return text
end

local function shell(command, env)
  return process.run { "sh", "-c", command, env = env }
end

--- Programs whose environment has this text.
local function programs_with(text)
  local found = {}
  for path in assert(io.popen "ls -d /proc/[0-9]*"):lines() do
    local file = io.open(path .. "/environ")
    local environ = file and file:read "a"
    if file then
      file:close()
    end
    if environ and environ:find(text, 1, true) then
      found[#found + 1] = path
    end
  end
  return found
end

describe("the demonstration", function()
  after_each(process.stop_all)

  it("shows the warehouse and its visitors, and leaves nothing behind", function()
    local run = shell("scripts/demo " .. process.build() .. "/pyrolua", { DEMONSTRATION = "this one" })
    assert.are.equal(0, run.code, run.output)
    for _, line in ipairs { "URI = PYRO:Pyro.NameServer@localhost:", "    name = example.warehouse",
      "Pyro daemon running.", "example.warehouse --> PYRO:obj_", "This is Janet.", "Thank you, come again!",
      "Type something you want to take (or empty): batteries", "ValueError: list.remove(x): x not in list",
      " +--- This exception occured remotely (Pyro) - Remote traceback:", "Janet stored the television.",
      "Henry took the bike." } do
      assert(run.output:find(line, 1, true), "not shown: " .. line .. "\n" .. run.output)
    end
    assert.are.same({}, programs_with "DEMONSTRATION=this one")
  end)

  it("fails, and leaves nothing behind, where a server cannot start", function()
    local run = shell("scripts/demo " .. process.build() .. "/pyrolua",
      { DEMONSTRATION = "another", PYRO_SERIALIZER = "nonsense" })
    assert.are_not.equal(0, run.code)
    assert.matches("PYRO_SERIALIZER", run.output)
    assert.are.same({}, programs_with "DEMONSTRATION=another")
  end)
end)

describe("the documentation", function()
  it("names specs of the threat model that are there, and tests that are in them", function()
    local model = assert(read "docs/security.md":match "\n## Threat model\n(.-)\n## ")
    local count = 0
    for title, path in model:gmatch "%[([^%]]+)%]%(%.%./(spec/[^)]+)%)" do
      assert(read(path):find(title, 1, true), path .. " has no test that " .. title)
      count = count + 1
    end
    assert.is_true(count > 20)
    for row in model:gmatch "\n(|[^\n]+)" do
      local _, columns = row:gsub("|", "")
      assert.are.equal(5, columns, row)
    end
  end)

  it("says what repeating calls can do wherever it tells how to have them repeated", function()
    local pages = assert(io.popen "grep -lE 'retries = |_pyroMaxRetries' README.md docs/*.md examples/*/README.md")
    local count = 0
    for path in pages:lines() do
      local page = read(path)
      count = count + 1
      assert(page:find "time %w+ over" or page:find "timed out", path)
      assert(page:find "several times" or page:find "twice", path)
    end
    assert.is_true(count >= 3)
  end)
end)

describe("the pictures", function()
  --- A copy of what makes them, where they can be changed.
  local function copy()
    local folder = process.file("pictures", "") .. ".d"
    local command = ("mkdir -p DIR/docs DIR/scripts && cp -r docs/pictures DIR/docs && cp scripts/pictures DIR/scripts")
      :gsub("DIR", folder)
    assert.are.equal(0, shell(command).code)
    return folder
  end

  local function names(suffix)
    local found = {}
    for name in shell("cd docs/pictures && ls *." .. suffix).out:gmatch "(%g+)%.%l+\n" do
      found[#found + 1] = name
    end
    return found
  end

  it("are made from their sources, and shown by a page", function()
    assert.are.equal(0, shell("scripts/pictures --check").code)
    assert.is_true(#names "dot" >= 5)
    assert.are.same(names "dot", names "svg")
    for _, name in ipairs(names "svg") do
      assert.are.equal(0, shell(("grep -q 'pictures/%s.svg)' README.md docs/*.md"):format(name)).code, name)
    end
  end)

  it("are told from those of a former source", function()
    local folder = copy()
    local run = shell(("echo >> %s/docs/pictures/words.dot; %s/scripts/pictures --check"):format(folder, folder))
    shell("rm -r " .. folder)
    assert.are.equal(1, run.code)
    assert.are.equal("docs/pictures/words.svg is older than its source; run 'make docs'\n", run.err)
  end)
end)

describe("the check of docs/internals.md", function()
  --- Returns what it says of a page about core/wire/, whose files are those of the command line.
  local function check(page)
    local path = process.file("page.md", page)
    local run = shell("lua5.4 scripts/internals.lua " .. path .. " core/wire/message.c core/wire/message.h"
      .. " core/wire/protocol.c")
    return run.code, run.err:gsub("[^\n]*page%.md:", "")
  end

  local EVERY = "## Every file\n### `core/wire/`\n| files | what |\n| --- | --- |\n"

  it("passes what is true", function()
    local code, said = check("`pyro_input_next()` in `core/wire/message.c`, `struct pyro_message` in "
      .. "`core/wire/message.h`, and `core/wire/NAME.c`\n\n" .. EVERY .. "| `message`, `proto*` | `NAME_open()` |\n")
    assert.are.equal("", said)
    assert.are.equal(0, code)
  end)

  it("tells what is not", function()
    local code, said = check("`core/wire/letter.c`\n`pyro_input_next()` in `core/wire/protocol.c`\n`struct letter`\n"
      .. EVERY .. "| `letter` | |\n| `message` | |\n### `core/post/`\n")
    assert.are.equal(1, code)
    for _, complaint in ipairs { "1: there is no core/wire/letter.c\n",
      "2: no file that is named beside it has pyro_input_next()\n",
      "3: no file that the page names defines struct letter\n", "8: core/wire/ has no letter\n",
      "10: no sources are in core/post/\n", "10: 'Every file' does not have core/wire/protocol\n" } do
      assert(said:find(complaint, 1, true), complaint .. "is not in\n" .. said)
    end
  end)
end)

describe("make", function()
  after_each(process.stop_all)

  it("tells what it can make", function()
    local help = shell "make help"
    assert.are.equal(0, help.code)
    for _, target in ipairs { "all", "demo", "test", "deps", "install", "uninstall", "lint", "format", "asan",
      "memcheck", "clean", "help" } do
      assert.matches("  make " .. target .. " +%w", help.out)
    end
  end)

  it("has the loader find what it installs, but for packages", function()
    assert.matches("\nldconfig ", shell("make -n install-library").out)
    assert.is_nil(shell("make -n install-library DESTDIR=/nowhere").out:find("\nldconfig ", 1, true))
  end)

  --- Where no package counts as installed.
  local function deps_without_packages(before)
    local folder = process.file("bin", "") .. ".d"
    shell(("mkdir -p %s && printf '#!/bin/sh\nexit 1\n' > %s/dpkg-query && chmod 755 %s %s/*"):format(folder, folder,
      folder, folder))
    local run = shell(("PATH=%s:$PATH; %s"):format(folder, before))
    shell("rm -r " .. folder)
    return run
  end

  it("prints the packages and stops where it may not install them", function()
    local every, sets = {}, {}
    for name, set in read("scripts/deps"):gmatch '\n(%l+)="(.-)"' do
      sets[name] = set
    end
    for _, name in ipairs { "build", "test", "bench", "package", "docs" } do -- a set may be made of another one
      for package in sets[name]:gsub("%$(%l+)", sets):gmatch "%S+" do
        every[#every + 1] = package
      end
    end
    assert.is_true(#every > 10)
    local script = process.file("deps.sh", read "scripts/deps")
    local folder = script:match "(.*)/"
    shell("chmod 755 " .. folder)
    local run = deps_without_packages(("setpriv --reuid 65534 --clear-groups sh %s build test bench package docs")
      :format(script))
    assert.are.equal(1, run.code)
    assert.matches("Only root may install packages", run.err)
    assert.matches("\napt%-get install %-y [^\n]*" .. table.concat(every, " "):gsub("%p", "%%%0") .. "\n$", run.err)
    run = shell(("PATH=/nonexistent /bin/sh %s build test bench package docs"):format(script))
    assert.are.equal(1, run.code)
    assert.matches("There is no apt%-get here", run.err)
    assert.matches("lua%-busted", run.err)
  end)
end)

describe("the specs", function()
  it("say which error they expect", function()
    local files = assert(io.popen "ls spec/*/*_spec.lua")
    local found = 0
    for path in files:lines() do
      for call in read(path):gmatch "has_errors?(%b())" do
        found = found + 1
        local expects = call:match "^%(function" and call:match "end,%s*.-%)$" or call:match ","
        assert(expects, path .. ": an error without its message: has_error" .. call)
      end
    end
    files:close()
    assert.is_true(found > 0)
  end)
end)

describe("the marks of functions", function()
  after_each(process.stop_all)

  --- Runs the check on a source file; returns what it finds, without the path.
  local function check(text)
    local path = process.file("marked.c", text)
    local run = shell("lua5.4 scripts/marks.lua " .. path)
    assert.are.equal(run.err == "" and 0 or 1, run.code)
    return (run.err:gsub(path:gsub("%p", "%%%0") .. ":", ""))
  end

  it("are the ones for what a function calls", function()
    assert.are.equal("", check [[
static bool is_empty(lua_State *L)
{
    /* lua_call(L, 0, 0) */
    return lua_isnil(L, -1) && log_text("lua_error(L)");
}

LUA_RAISES static void push(lua_State *L)
{
    lua_newtable(L);
}

LUA_RUNS static void both(lua_State *L)
{
    push(L);
    lua_call(L, 1, 0);
}

static int called_by_lua(lua_State *L)
{
    both(L);
    return is_empty(L);
}

LOOP_STEPS static void protect(lua_State *L)
{
    lua_pushcfunction(L, called_by_lua);
    lua_pcall(L, 0, 0, 0);
}
]])
  end)

  it("are missed where a function calls what raises or runs Lua, also by a macro", function()
    assert.are.equal("1: first() is to have LUA_RAISES; lua_newtable() in line 3 raises\n", check [[
static void first(lua_State *L)
{
    lua_newtable(L);
}
]])
    assert.are.equal("2: second() is to have LUA_RUNS; lua_call() in line 1 raises; lua_call() in line 1 runs\n",
      check [[
#define CALL(L) lua_call(L, 0, 0)
static void second(lua_State *L)
{
    CALL(L);
}
]])
    assert.are.equal("1: third() is to have LOOP_STEPS; pyro_loop_step() in line 3 runs\n", check [[
static bool third(struct lruntime *runtime)
{
    return pyro_loop_step(runtime->core.loop, 0);
}
]])
  end)

  it("are refused where a function does less, or lacks one of its declarations' marks", function()
    assert.are.equal("1: gentle() is to have no mark\n", check [[
LUA_RAISES static void gentle(lua_State *L)
{
    lua_pop(L, 1);
}
]])
    assert.are.equal("1: push() is to have LUA_RAISES\n", check [[
static void push(lua_State *L);
LUA_RAISES static void push(lua_State *L)
{
    lua_newtable(L);
}
]])
  end)

  it("keep functions from being handed out as callbacks", function()
    assert.are.equal("8: on_done(), which raises errors, is handed out\n", check [[
LUA_RAISES static void on_done(struct pyro_call *call)
{
    lua_newtable(state_of(call));
}

static void send(struct pyro_call *call)
{
    call->done = on_done;
}
]])
  end)

  it("need every function of Lua's to be known", function()
    assert.matches("what lua_unheard%(%) does is not known here", check [[
static void call(lua_State *L)
{
    lua_unheard(L);
}
]])
  end)
end)
