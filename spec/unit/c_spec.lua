--- The unit programs in C: each of their tests is one here.
local build = os.getenv "B" or "build"

local function output_of(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read "a"
  return text, pipe:close()
end

local function report(program)
  local text, ended_well = output_of(program)
  local tests = 0
  for name in text:gmatch "%[ RUN      %] ([%w_]+)" do
    tests = tests + 1
    it(name, function()
      assert(text:find("[       OK ] " .. name .. "\n", 1, true), text)
    end)
  end
  it("ends well", function()
    assert(ended_well and tests > 0, text)
  end)
end

for source in assert(io.popen "ls spec/unit/*_test.c"):lines() do
  local name = source:match "([%w_]+)%.c$"
  describe(name, function()
    report(build .. "/spec/" .. name)
  end)
end
