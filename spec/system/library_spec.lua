--- Parts that programs in C get: the header and the library.
local process = require "spec.support.process"

local function run(...)
  local program = process.start { ... }
  assert.are.equal(0, program:wait(), program.output)
  return program.output
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- The functions that the header declares, sorted, each with whether a comment stands before it.
local function declared()
  local names, documented = {}, {}
  local previous = ""
  for block in (read "core/include/pyrolua.h" .. "\n"):gmatch "(.-)\n\n" do
    for line in block:gmatch "[^\n]+" do
      local name = line:match "^PYROLUA_API .-(pyrolua_[%w_]+)%("
      if name then
        names[#names + 1] = name
        documented[name] = previous:find "%*/$" ~= nil
      end
      previous = line
    end
  end
  table.sort(names)
  return names, documented
end

describe("the library for C", function()
  after_each(process.stop_all)

  local function assert_exports(symbols, library)
    local exported = {}
    for name in run("nm", symbols, "--defined-only", library):gmatch " [A-Z] (%S+)\n" do
      exported[#exported + 1] = name
    end
    table.sort(exported)
    assert.are.same((declared()), exported)
    assert.is_true(#exported > 40)
  end

  for library, symbols in pairs { ["libpyrolua.so"] = "-D", ["libpyrolua.a"] = "-g" } do
    it(library .. " exports what the header declares, and nothing else", function()
      assert_exports(symbols, process.build() .. "/" .. library)
    end)
  end

  it("exports nothing else where it is optimized when it is linked", function()
    local library = "build/lto/libpyrolua.a"
    local make = process.start { "make", "B=build/lto", "CFLAGS=-O3 -flto", "OPT=", library,
      env = { MAKEFLAGS = false, MAKELEVEL = false } }
    assert.are.equal(0, make:wait(300), make.output)
    assert_exports("-g", library)
  end)

  it("is built with warnings as errors only where that is asked for", function()
    local function options(...)
      return run("make", "-n", "B=build/warnings", "build/warnings/core/base/log.o", ...)
    end
    assert.matches("-Wall", options())
    assert.not_matches("-Werror", options "WERROR=")
    assert.matches("-Werror", options "WERROR=1")
  end)

  it("has a description of each function", function()
    local names, documented = declared()
    for _, name in ipairs(names) do
      assert.is_true(documented[name], name)
    end
  end)

  for compiler, standard in pairs { cc = "-std=c11", ["c++"] = "-std=c++11" } do
    it("has a header that " .. compiler .. " takes without a warning", function()
      run(compiler, standard, "-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Wshadow", "-Werror", "-fsyntax-only",
        "-x", compiler == "cc" and "c" or "c++", "core/include/pyrolua.h")
    end)
  end
end)
