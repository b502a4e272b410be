--- Uses what `make install` installs, from there.
local Installation = require "spec.support.installation"
local process = require "spec.support.process"
local tutorial = require "spec.support.tutorial"

local PROGRAMS = { "pyrolua", "pyrolua-ns", "pyrolua-nsc", "pyrolua-gateway" }
local installation ---@type spec.Installation
local installed -- PREFIX in there

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- Runs a command in which pyrolua is what is installed; returns its output.
local function run(command)
  return installation:run(command)
end

--- The options that a program has, of its help.
local function options_of(program)
  local options = {}
  for option in (" " .. run(program .. " -h")):gmatch "[%s%[](%-%-?%w+)" do
    options[option] = true
  end
  return options
end

describe("what is installed", function()
  setup(function()
    installation = Installation.new()
    installed = installation.prefix
  end)

  teardown(function()
    assert.are.equal("", installation:remove())
  end)

  after_each(process.stop_all)

  it("runs the tutorial's warehouse, by name", function()
    local server = process.start { installed .. "/bin/pyrolua-ns", "-p", "0" }
    local port = server:expect "URI = PYRO:Pyro%.NameServer@localhost:(%d+)\n"
    local env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = port }
    local warehouse = process.start { installed .. "/bin/pyrolua", "examples/warehouse/phase3/warehouse.lua",
      env = env }
    warehouse:expect "Pyro daemon running%.\n"
    local visit = process.start { installed .. "/bin/pyrolua", "examples/warehouse/phase3/visit.lua", env = env,
      input = tutorial.typed }
    assert.are.equal(0, visit:wait())
    assert.are.equal(tutorial.visited, visit.output)
    local list = process.run { installed .. "/bin/pyrolua-nsc", "list", "example.", env = env }
    assert.matches("example%.warehouse %-%-> PYRO:obj_", list.out)
  end)

  it("shows its version, which is the header's, pkg-config's, the rock's and the package's", function()
    local version = read("core/include/pyrolua.h"):match '#define PYROLUA_VERSION "(.-)"'
    assert.are.equal("pyrolua " .. version, run "pyrolua -v":match "^pyrolua %S+")
    assert.are.equal(version .. "\n", run "pkg-config --modversion pyrolua")
    assert.matches(('\nversion = "%s-1"\n'):format(version):gsub("[.-]", "%%%0"), run "cat *.rockspec")
    assert.matches("^pyrolua %(" .. version:gsub("%.", "%%.") .. "%)", read "debian/changelog")
  end)

  it("has the documentation and the examples", function()
    for _, path in ipairs { "README.md", "docs/administration.md", "docs/pictures/cluster.svg",
      "examples/warehouse/phase1/warehouse.lua" } do
      assert.are.equal(read(path), read(installed .. "/share/doc/pyrolua/" .. path))
    end
  end)

  it("is told, with what is left to do", function()
    local folder = process.file("opt", "") .. ".d"
    local make = { "make", "-s", "install", "B=" .. process.build(), "PREFIX=" .. folder }
    local first = process.run(make)
    assert.are.equal(0, first.code, first.output)
    assert.matches("^Installed under " .. folder:gsub("%p", "%%%0") .. ":", first.out)
    local left = {}
    for line in first.out:gmatch "Left to do: ([^\n]+)" do
      left[#left + 1] = line
    end
    assert.are.equal(("add %s/bin to PATH"):format(folder), left[1])
    assert.are.equal(("link C programs with -Wl,-rpath,%s/lib: ldconfig does not look there"):format(folder), left[2])
    local path, cpath = left[3]:match "^for a stock lua5.4, set LUA_PATH='(.-)' and LUA_CPATH='(.-)'$"
    local module = process.run { "lua5.4", "-e", "print(require 'pyro'.URI 'PYRO:a@b:1')",
      env = { LUA_PATH = path, LUA_CPATH = cpath, LD_PRELOAD = process.preload(), ASAN_OPTIONS = "detect_leaks=0" } }
    assert.are.equal("PYRO:a@b:1\n", module.output)
    make.env = { PATH = folder .. "/bin:" .. os.getenv "PATH", LUA_CPATH = cpath }
    assert.not_matches("PATH", process.run(make).out)
    make[3] = "uninstall"
    assert.are.equal(0, process.run(make).code)
    assert.is_nil(io.open(folder)) -- it was made for this
  end)

  it("makes certificates for TLS", function()
    local folder = process.file("certs", "") .. ".d"
    run(("%s/share/pyrolua/certs -c worker %s"):format(installed, folder))
    assert.are.equal("server.pem: OK\nclient.pem: OK\n",
      run(("cd %s && openssl verify -CAfile ca.pem server.pem client.pem"):format(folder)))
  end)

  it("copies names of dbm into a file of SQLite", function()
    local import = installed .. "/share/pyrolua/import-dbm"
    local refused = process.run { installed .. "/bin/pyrolua-ns", "-s", "dbm:names" }
    assert.are.equal("share/pyrolua/import-dbm", refused.err:match "with (%S+)\n$")
    local old, new = process.file("old", ""), process.file("new", "")
    os.remove(old)
    os.remove(new)
    run(([[/usr/bin/python3 -c 'import dbm.dumb; dbm.dumb.open("%s", "c")["a"] = "PYRO:a@h:1"']]):format(old))
    assert.are.equal("1 names copied\n", run(("%s %s sql:%s"):format(import, old, new)))
    run(("rm %s.dat %s.dir"):format(old, old))
  end)

  --- Returns what pkg-config says of the library.
  local function pkg_config(...)
    return (run("pkg-config pyrolua " .. table.concat({ ... }, " ")):gsub("\n", " "))
  end

  --- Compiles a program in C; `ours` are sources and options besides what pkg-config says.
  local function compile(program, ours, libraries)
    local sanitizers = process.preload() and "-fsanitize=address,undefined" or ""
    run(("cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror %s %s -o %s %s %s %s"):format(sanitizers,
      (os.getenv "OPT" or ""):match "%-%-coverage" or "", program, pkg_config "--cflags", ours, libraries))
  end

  --- Returns what links to the shared library, wherever it is.
  local function shared()
    return pkg_config "--libs" .. "-Wl,-rpath," .. installed .. "/lib"
  end

  --- Runs other specs with what is installed, and with a folder of programs in C.
  local function run_specs(build, ...)
    local command = { installed .. "/bin/pyrolua", "/usr/bin/busted", "-o", "spec/support/closing.lua", ... }
    command.env = { LUA_PATH = "./?.lua;;", B = build, PYROLUA = installed .. "/bin/pyrolua" }
    local specs = process.start(command)
    assert.are.equal(0, specs:wait(120), specs.output)
    assert.matches("\n%d+ passed, 0 failed\n$", specs.output)
  end

  it("passes the specs of the interactive mode, the commands and the tutorial", function()
    run_specs(process.build(), "spec/system/repl_spec.lua", "spec/system/commands_spec.lua",
      "spec/system/tutorial_spec.lua")
  end)

  it("compiles the examples in C, which then pass their specs", function()
    local build = process.file("examples", "") .. ".d"
    run(("mkdir -p %s/examples/embed"):format(build))
    for name in run "ls examples/embed/*.c":gmatch "([%w_]+)%.c\n" do
      compile(("%s/examples/embed/%s"):format(build, name), ("examples/embed/%s.c"):format(name), shared())
    end
    run_specs(build, "spec/interop/embed_spec.lua")
    run("rm -r " .. build)
  end)

  it("compiles the tests of the library, which pass", function()
    for _, name in ipairs { "embed_test", "embed_call_test", "embed_value_test" } do
      local program = process.file(name, "")
      compile(program, ("-Ispec spec/unit/%s.c spec/support/embed_peer.c"):format(name),
        shared() .. " -lcmocka -pthread")
      assert.matches("%[  PASSED  %] %d+ test%(s%)", run(program .. " 2>&1"))
    end
  end)

  it("compiles a C program with the static library, and what pkg-config says that it needs", function()
    local others = pkg_config("--static", "--libs-only-l"):gsub("%-lpyrolua ", "")
    local program = process.file("sensor", "")
    compile(program, "examples/embed/sensor.c", installed .. "/lib/libpyrolua.a " .. others)
    local server = process.start { installed .. "/bin/pyrolua-ns", "-p", "0" }
    local env = { PYRO_NS_PORT = server:expect "NameServer@localhost:(%d+)\n" }
    local sensor = process.start { program, env = env }
    process.run_until(function()
      return process.run { installed .. "/bin/pyrolua-nsc", "lookup", "example.sensor", env = env }.code == 0
    end)
    local call = process.run { installed .. "/bin/pyrolua", "call", "PYRONAME:example.sensor", "read", env = env }
    assert.are.equal("21.5\n", call.output)
    assert.is_nil(sensor.code)
  end)

  it("has a shared library that is found by its soname", function()
    local library = installed .. "/lib/libpyrolua.so"
    local soname = run("objdump -p " .. library):match "SONAME%s+(%S+)"
    assert.are.equal("libpyrolua.so.0", soname)
    local versioned = run(("readlink -f %s %s/lib/%s"):format(library, installed, soname))
    assert.matches("^(%S+/libpyrolua%.so%.0%.%d+%.%d+)\n%1\n$", versioned)
  end)

  it("is found by a stock lua5.4", function()
    local code = "print(require 'pyro'.repr {1}, require 'pyro.nsc'.commands()[1])"
    local lua = process.run { "lua5.4", "-e", code, env = {
      LUA_PATH = ("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;/usr/share/lua/5.4/?.lua"):format(installed,
        installed),
      LUA_CPATH = installed .. "/lib/lua/5.4/?.so",
      LD_PRELOAD = process.preload(),
    } }
    assert.are.equal("[1]\tlist\n", lua.output)
  end)

  it("has the programs as modules of two names", function()
    local code = "for _, name in ipairs { 'naming', 'nsc', 'echoserver', 'configuration', 'gateway' } do "
      .. "assert(require('pyro.' .. name) == require('pyro.tool.' .. name)) end"
    for _, command in ipairs { { installed .. "/bin/pyrolua", "-e", code }, { "lua5.4", "-e", code } } do
      command.env = {
        LUA_PATH = ("%s/share/lua/5.4/?.lua;%s/share/lua/5.4/?/init.lua;/usr/share/lua/5.4/?.lua"):format(installed,
          installed),
        LUA_CPATH = installed .. "/lib/lua/5.4/?.so",
        LD_PRELOAD = process.preload(),
      }
      assert.are.equal("", process.run(command).output)
    end
  end)

  --- A manual page, without what makes it bold.
  local function page_text(name)
    return (run(("mandoc -T ascii %s/share/man/man1/%s.1"):format(installed, name)):gsub(".\b", ""))
  end

  it("has manual pages, which tell all options and commands", function()
    for _, name in ipairs(PROGRAMS) do
      assert.are.equal("", run(("mandoc -T lint -W warning %s/share/man/man1/%s.1"):format(installed, name)))
      local text = page_text(name)
      assert(text:find(name .. " - ", 1, true), text)
      for option in pairs(options_of(name)) do
        assert(text:find(option, 1, true), name .. ".1 does not tell of " .. option)
      end
    end
    local text = page_text "pyrolua-nsc"
    for _, command in ipairs(require "pyro.nsc".commands()) do
      assert(text:find("\n     " .. command, 1, true) or text:find(", " .. command, 1, true), command)
    end
  end)

  it("completes what is typed in bash", function()
    local folder = installed .. "/share/bash-completion/completions/"
    for typed, completed in pairs {
      ["pyrolua insp"] = "inspect",
      ["pyrolua al"] = "allow",
      ["pyrolua sta"] = "stats",
      ["pyrolua to"] = "top",
      ["pyrolua allow --ch"] = "--check",
      ["pyrolua -m pyro.na"] = "pyro.naming",
      ["pyrolua call --js"] = "--json",
      ["pyrolua stub -s mar"] = "marshal",
      ["pyrolua-ns --unix"] = "--unixsocket",
      ["pyrolua-nsc yplookup_an"] = "yplookup_any",
      ["pyrolua-nsc --verb"] = "--verbose",
      ["pyrolua-gateway --exp"] = "--expose",
    } do
      local program = typed:match "%S+"
      local shell = process.run { "bash", "--norc", "-c", ([[. %s%s
        COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _%s; echo "${COMPREPLY[@]}"]]):format(folder, program,
        typed, program) }
      assert.are.equal(completed .. "\n", shell.output, typed)
    end
  end)

  it("completes what is typed in zsh", function()
    local shell = process.run { "zsh", "-f", "spec/support/complete.zsh", installed .. "/share/zsh/site-functions",
      "pyrolua insp", "pyrolua -m pyro.na", "pyrolua READ", "pyrolua call --js", "pyrolua stub -s mar",
      "pyrolua-ns --unix", "pyrolua-nsc loo", "pyrolua-nsc --verb" }
    assert.are.equal(table.concat({ "pyrolua inspect ", "pyrolua -m pyro.naming ", "pyrolua README.md ",
      "pyrolua call --json ", "pyrolua stub -s marshal ", "pyrolua-ns --unixsocket ", "pyrolua-nsc lookup ",
      "pyrolua-nsc --verbose ", "" }, "\n"), shell.output)
  end)

  --- Starts a name server that has names; returns its port, and the environment that leads there.
  local function start_names(...)
    local server = process.start_pyrolua { "-m", "pyro.naming", "-n", "localhost", "-p", "0", "-x" }
    local port = server:expect "Pyro.NameServer@localhost:(%d+)"
    local code = [[
      local pyro = require "pyro"
      local ns = pyro.locateNS("localhost", (...))
      for _, name in ipairs { select(2, ...) } do
        ns:register(name, "PYRO:id@localhost:1")
      end]]
    assert.are.equal("", process.run_pyrolua({ input = code, "-", port, ... }).output)
    return port, { PATH = installed .. "/bin:" .. os.getenv "PATH", PYRO_NS_PORT = port }
  end

  it("completes the names of objects in both, and none that a shell would run", function()
    local _, env = start_names("shop.one", "shop.two", "other", "shop.$(echo run)", "shop.`id`", "shop.a b")
    for _, case in ipairs {
      { "pyrolua", "call PYRONAME:sh", "call PYRONAME : sh", "shop.one shop.two" },
      { "pyrolua", "inspect PY", "inspect PY",
        "PYRONAME:Pyro.NameServer PYRONAME:other PYRONAME:shop.one PYRONAME:shop.two" },
      { "pyrolua", "stub -t 5 PYRONAME:oth", "stub -t 5 PYRONAME : oth", "other" },
      { "pyrolua", "call PYRONAME:shop.one --js", "call PYRONAME : shop.one --js", "--json" },
      { "pyrolua-nsc", "lookup shop.t", "lookup shop.t", "shop.two" },
    } do
      local program, typed, words, completed = table.unpack(case)
      local shell = process.run { "bash", "--norc", "-c", ([[. %s/share/bash-completion/completions/%s
        COMP_LINE='%s %s'; COMP_POINT=${#COMP_LINE}
        COMP_WORDS=(%s %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _%s; echo "${COMPREPLY[@]}"]]):format(installed,
        program, program, typed, program, words, program), env = env }
      assert.are.equal(completed .. "\n", shell.output, typed)
    end
    local shell = process.run { "zsh", "-f", "spec/support/complete.zsh", installed .. "/share/zsh/site-functions",
      "pyrolua call PYRONAME:shop.o", "pyrolua top PYRONAME:oth PYRONAME:shop.o", "pyrolua-nsc remove shop.t",
      env = env }
    assert.are.equal("pyrolua call PYRONAME:shop.one \npyrolua top PYRONAME:oth PYRONAME:shop.one \n"
      .. "pyrolua-nsc remove shop.two \n",
      shell.output)
    env.PYRO_NS_PORT = "1"
    shell = process.run { "zsh", "-f", "spec/support/complete.zsh", installed .. "/share/zsh/site-functions",
      "pyrolua call PYRONAME:shop.o", env = env }
    assert.are.equal("pyrolua call PYRONAME:shop.o\n", shell.output) -- quietly nothing
  end)

  it("completes the names of the name server that the options mean", function()
    local port = start_names "shop.here"
    local _, env = start_names "shop.elsewhere"
    for typed, completed in pairs {
      [("pyrolua-nsc -n localhost --port %s lookup sh"):format(port)] = "shop.here",
      [("pyrolua-nsc --host=localhost -p %s remove sh"):format(port)] = "shop.here",
      ["pyrolua-nsc remove sh"] = "shop.elsewhere",
    } do
      local shell = process.run { "zsh", "-f", "spec/support/complete.zsh", installed .. "/share/zsh/site-functions",
        typed, env = env }
      assert.are.equal(typed:sub(1, -3) .. completed .. " \n", shell.output)
      local words = { "bash", "--norc", "-c", ([[. %s/share/bash-completion/completions/pyrolua-nsc
        COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}
        COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _pyrolua-nsc; echo "${COMPREPLY[@]}"]]):format(
        installed, typed, typed:gsub("=", " = ")), env = env }
      assert.are.equal(completed .. "\n", process.run(words).output, typed)
    end
  end)

  it("completes names at the prompt of a bash, with each command that takes an object", function()
    local _, env = start_names "shop.one"
    env.TERM, env.INPUTRC = "dumb", "/dev/null"
    local shell = process.start { "script", "-qfec", "bash --norc --noprofile -i", "/dev/null", env = env }
    shell:write((". %s/share/bash-completion/completions/pyrolua; bind -x '\"\\C-t\": echo \"<$READLINE_LINE>\"'\n")
      :format(installed))
    shell:write "PS1='rea''dy> '\n" -- a prompt says that bash reads keys
    for _, command in ipairs { "call", "inspect", "stats", "stub", "top" } do
      shell:expect "ready> "
      shell:write(("pyrolua %s PYRON\tshop.o\t\20"):format(command))
      shell:expect(("<pyrolua %s PYRONAME:shop.one *>.*ready> "):format(command))
      shell:write "\21\n" -- an empty line
    end
    shell:expect "ready> "
    shell:write "exit\n"
    assert.are.equal(0, (shell:wait()))
  end)

  --- Returns a unit that is installed.
  local function unit(name)
    return read(installed .. "/lib/systemd/system/" .. name)
  end

  --- Copies a unit to where it finds what is installed; returns its path.
  local function usable_unit(name, as)
    return process.file(as or name, (unit(name):gsub(installation.PREFIX, installed)))
  end

  it("has units that systemd finds nothing wrong with", function()
    usable_unit "pyrolua-ns.socket"
    for _, service in ipairs { usable_unit "pyrolua-ns.service", usable_unit "pyrolua-gateway.service",
      usable_unit "pyrolua@.service", usable_unit("pyrolua@.service", "pyrolua@shop.service") } do
      local analysis = process.run { "systemd-analyze", "verify", "--man=no", service }
      assert.are.equal("", analysis.output)
      assert.are.equal(0, analysis.code)
      analysis = process.run { "systemd-analyze", "security", "--offline=true", "--threshold=20", service }
      assert.are.equal(0, analysis.code, analysis.output) -- 2.0 of 10 at most
    end
  end)

  it("has services that say when they are ready, and that they are alive, and are protected alike", function()
    local keys = {}
    for _, name in ipairs { "pyrolua-ns.service", "pyrolua-gateway.service", "pyrolua@.service" } do
      local text = unit(name)
      assert.matches("\nType=notify\n", text)
      assert.matches("\nWatchdogSec=%d+\n", text)
      assert.matches("\nRestart=on%-failure\n", text)
      keys[#keys + 1] = text:match "\nCapabilityBoundingSet=.*$"
    end
    assert.are.equal(keys[1], keys[2])
    assert.are.equal(keys[1], keys[3])
  end)

  it("has a template of units that runs a script", function()
    local command = unit "pyrolua@.service":match "\nExecStart=([^\n]*)\n"
    assert.are.equal(installation.PREFIX .. "/bin/pyrolua /etc/pyrolua/%i.lua", command)
  end)

  it("has a folder for the service's file of names, which is the service's alone", function()
    local service = unit "pyrolua-ns.service"
    assert.matches("\nStateDirectory=pyrolua\nStateDirectoryMode=0700\n", service)
    assert.matches("\nExecStart=" .. installation.PREFIX .. "/bin/pyrolua%-ns\n", service)
  end)
end)

describe("the annotations", function()
  after_each(process.stop_all)

  local function names_of(text, pattern)
    local names = {}
    for name in text:gmatch(pattern) do
      names[name] = true
    end
    return names
  end

  local function names_in(t)
    local names = {}
    for name in pairs(t) do
      names[name] = true
    end
    return names
  end

  it("tell all methods of daemons, proxies and futures", function()
    local core = require "pyro.core"
    for class, methods in pairs { Daemon = core.daemon_methods, Proxy = core.proxy_methods,
      Future = core.future_methods } do
      local text = read "lua/meta/userdata.lua" .. read(("lua/pyro/%s.lua"):format(class:lower()))
      local names = names_of(text, "\nfunction " .. class .. ":([%w_]+)%(")
      for name in pairs(names_of(text, "\nfunction methods:([%w_]+)%(")) do
        names[name] = true
      end
      names.getpeercert = nil -- of proxies: looked up in C
      assert.are.same(names, names_in(methods))
    end
  end)

  --- The names of a class's fields and methods in the annotations.
  local function members_of(class)
    local meta = read "lua/meta/userdata.lua"
    local fields = meta:match("%-%-%-@class pyro%." .. class .. "[:\n](.-)\nlocal")
    local names = names_of(fields, "@field ([%w_]+)")
    for name in pairs(names_of(meta, "\nfunction " .. class .. ":([%w_]+)%(")) do
      names[name] = true
    end
    assert(next(names), class)
    return names
  end

  it("tell of URIs, blobs and the call context only what they have", function()
    local pyro = require "pyro"
    local tcp, unix = pyro.URI "PYRO:id@localhost:1", pyro.URI "PYRO:id@./u:path"
    for name in pairs(members_of "URI") do
      assert(tcp[name] or unix[name], name)
    end
    local blob = pyro.SerializedBlob("info", "data")
    for name in pairs(members_of "SerializedBlob") do
      assert(blob[name], name)
    end
    for name in pairs(members_of "Context") do
      assert(pcall(function() return pyro.current_context[name] end), name) -- others are errors
    end
  end)

  --- The comment above a function.
  local function comment_of(f)
    local info = debug.getinfo(f, "S")
    local path = info.source == "@pyro.lua" and "lua/pyro/init.lua" or "lua/" .. info.source:sub(2)
    local comment, number = "", 0
    for line in io.lines(path) do
      number = number + 1
      if number == info.linedefined then
        return comment, path .. ":" .. number
      end
      comment = line:find "^%-%-%-" and comment .. line .. "\n" or ""
    end
  end

  --- Returns what a function's annotations do not tell.
  local function untold(f)
    local info = debug.getinfo(f, "u")
    local comment, where = comment_of(f)
    local missing = comment:find "%-%-%- ?%u" and "" or " what it does"
    for i = 1, info.nparams do
      local name = debug.getlocal(f, i)
      missing = missing .. ((name == "self" or comment:find("@param " .. name .. "%?? ")) and "" or " " .. name)
    end
    missing = missing .. ((not info.isvararg or comment:find("@param ... ", 1, true)) and "" or " ...")
    return missing ~= "" and where .. missing or nil
  end

  it("say of each function that programs call what it takes", function()
    local pyro, core = require "pyro", require "pyro.core"
    local count, missing = 0, {}
    for _, functions in ipairs { pyro, pyro.Daemon, core.daemon_methods, core.proxy_methods, core.future_methods } do
      for _, f in pairs(functions) do
        if type(f) == "function" and debug.getinfo(f, "S").what == "Lua" then
          missing[#missing + 1] = untold(f)
          count = count + 1
        end
      end
    end
    assert.are.same({}, missing)
    assert.is_true(count > 25)
  end)
end)
