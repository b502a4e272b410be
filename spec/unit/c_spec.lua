--- The unit programs in C: each of their tests is one here.
local build = os.getenv "B" or "build"

local function lines_of(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read "a"
  local ended_well = pipe:close()
  return text, ended_well
end

local function report(program)
  local text, ended_well = lines_of(program)
  for name in text:gmatch "%[       OK %] ([%w_]+)" do
    it(name, function() end) -- luacheck: ignore
  end
  local tests, passed = text:match "Running (%d+) test", text:match "PASSED  %] (%d+) test"
  it("all pass", function()
    assert(ended_well and tests and tests == passed, text)
  end)
end

for source in assert(io.popen "ls spec/unit/*_test.c"):lines() do
  local name = source:match "([%w_]+)%.c$"
  describe(name, function()
    report(build .. "/spec/" .. name)
  end)
end
