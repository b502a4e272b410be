--- Options that the linker and the compiler were told about safety, read from what they made.
local process = require "spec.support.process"

local BUILD = process.build()
local PROGRAM = BUILD .. "/pyrolua"
local LIBRARIES = { BUILD .. "/libpyrolua.so", BUILD .. "/lua/5.4/pyro/core.so" }
local FILES = { PROGRAM, table.unpack(LIBRARIES) }

-- Sanitizers do without it, and so does what is not optimized.
local IS_FORTIFIED = not BUILD:find "/"

local function readelf(...)
  local run = process.run { "readelf", "--wide", ... }
  assert.are.equal(0, run.code, run.output)
  return run.out
end

describe("what make builds", function()
  for _, path in ipairs(FILES) do
    describe(path, function()
      it("may be loaded anywhere", function()
        assert.matches("\n%s*Type:%s+DYN ", readelf("--file-header", path))
        assert.are.equal(path == PROGRAM, readelf("--dynamic", path):find "%(FLAGS_1%)[^\n]* PIE" ~= nil)
        assert.is_nil(readelf("--dynamic", path):find "TEXTREL")
      end)

      it("binds all functions at once, and makes their addresses read-only then", function()
        assert.matches("\n%s+GNU_RELRO ", readelf("--program-headers", path))
        local dynamic = readelf("--dynamic", path)
        assert(dynamic:find "%(FLAGS%)[^\n]*BIND_NOW" or dynamic:find "%(FLAGS_1%)[^\n]*NOW", dynamic)
      end)

      it("has no memory that can be both written and run, the stack above all", function()
        local headers = readelf("--program-headers", path)
        assert.matches("\n%s+GNU_STACK%s[^\n]* RW +0x%x+\n", headers)
        for kind, flags in headers:gmatch "\n%s+([%u_]+)%s+0x%x+ 0x%x+ 0x%x+ 0x%x+ 0x%x+ ([RWE ]+)0x%x+" do
          assert(not flags:find "W ?E", kind .. ": " .. flags)
        end
      end)

      it("checks its stack, and copies into buffers", function()
        local symbols = readelf("--symbols", path)
        assert.matches(" __stack_chk_fail@", symbols)
        if IS_FORTIFIED then
          assert.matches(" __memcpy_chk@", symbols)
          assert.matches(" __v?snprintf_chk@", symbols)
        end
      end)

      it("looks for libraries where the system has them", function()
        local dynamic = readelf("--dynamic", path)
        assert.is_nil(dynamic:find "RPATH")
        assert.is_nil(dynamic:find "RUNPATH")
      end)
    end)
  end

  it("touches each page of a large stack frame", function()
    local object = BUILD .. "/core/wire/message.o" -- gcc records how it was called
    local producer = readelf("--debug-dump=info", "--dwarf-depth=1", object):match "DW_AT_producer[^\n]*"
    assert.matches("%-fstack%-clash%-protection", producer)
  end)

  it("asks for no executable stack in the static library", function()
    local sections = readelf("--section-headers", BUILD .. "/libpyrolua.a")
    local flags = sections:match "%.note%.GNU%-stack%s+%u+%s+%x+%s+%x+%s+%x+%s+%x+%s+(%u*)"
    assert.are.equal("", flags)
  end)
end)
