--- pyro.log: what scripts write to the log.
local pyro = require "pyro"
local uv = require "luv"

local LINE = "^%[%d+%-%d+%-%d+ %d+:%d+:%d+%.%d+,pyrolua%.script,"

describe("pyro.log", function()
  local path

  before_each(function()
    path = os.tmpname()
    pyro.config.LOGFILE = path
  end)

  after_each(function()
    pyro.config.reset()
    os.remove(path)
  end)

  local function lines(file)
    local list = {}
    for line in io.lines(file or path) do
      list[#list + 1] = line
    end
    return list
  end

  it("has a function for each level", function()
    for _, level in ipairs { "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL" } do
      pyro.config.LOGLEVEL = level
      for _, name in ipairs { "debug", "info", "warning", "error", "critical" } do
        pyro.log[name](name)
      end
    end
    local found = {}
    for _, line in ipairs(lines()) do
      local level, text = line:match(LINE .. "(%u+)%] (%l+)$")
      assert.are.equal(level, text:upper())
      found[text] = (found[text] or 0) + 1
    end
    assert.are.same({ debug = 1, info = 2, warning = 3, error = 4, critical = 5 }, found)
  end)

  it("formats as string.format() does, where there are arguments", function()
    pyro.log.warning("%d%% of %s, %q", 5, "all", "x")
    pyro.log.warning "100%"
    pyro.log.warning(pyro.ValueError "an error")
    pyro.log.warning(nil)
    pyro.log.info("%d", "is not formatted, as it is not written")
    local list = lines()
    for i, text in ipairs { '5% of all, "x"', "100%", "ValueError: an error", "nil" } do
      assert.are.equal(text, list[i]:match(LINE .. "WARNING%] (.*)$"))
    end
    assert.are.equal(4, #list)
  end)

  it("blames the line of the script for a wrong format", function()
    local function wrong()
      pyro.log.error("%d apples", "many")
    end
    local _, err = pcall(wrong)
    assert.matches("^spec/integration/log_spec.lua:%d+: bad argument #2 to '.*format' %(number expected, got string%)",
      err)
  end)

  it("writes a string of any bytes as one line", function()
    pyro.log.warning("a\nb\0c\27[2J\xff\u{202e}é")
    pyro.log.warning(("é"):rep(100000))
    local list = lines()
    assert.are.equal([[a\x0ab\x00c\x1b[2J\xff\xe2\x80\xaeé]], list[1]:match "%] (.*)$")
    assert.matches("é%.%.%.$", list[2])
    assert.is_true(#list[2] < 5000)
    assert.is_truthy(utf8.len(list[2]))
    assert.are.equal(2, #list)
  end)

  it("tells the call in which it is called", function()
    local shop = {}
    local ids = {}
    function shop:buy(depth) -- luacheck: ignore self
      ids[#ids + 1] = pyro.current_context.correlation_id
      pyro.log.warning("depth %d", depth)
      if depth > 1 then
        pyro.Proxy(shop.uri):buy(depth - 1)
      end
    end
    local daemon <close> = pyro.Daemon { host = "127.0.0.1" }
    shop.uri = daemon:register(shop, "shop")
    pyro.Proxy(shop.uri):buy(2)
    assert.are.equal(ids[1], ids[2])
    for i, line in ipairs(lines()) do
      assert.matches(LINE .. "WARNING%] 127%.0%.0%.1:%d+: depth " .. 3 - i .. " %[correlation_id="
        .. ids[1]:gsub("%-", "%%-") .. "%]$", line)
    end
    pyro.current_context.correlation_id = "0b5b6f0e-9c0a-4f0e-8f0c-5d1c1c8b9a10"
    pyro.log.warning "mine"
    pyro.current_context.correlation_id = nil
    pyro.log.warning "none"
    pyro.current_context.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    pyro.log.warning "traced"
    pyro.current_context.traceparent = nil
    local list = lines()
    assert.matches("WARNING%] traced %[traceparent=00%-0af7651916cd43dd8448eb211c80319c%-b7ad6b7169203331%-01%]$",
      list[5])
    assert.matches("WARNING%] mine %[correlation_id=0b5b6f0e%-", list[3])
    assert.matches("WARNING%] none$", list[4])
  end)

  it("counts only equal lines as a flood", function()
    pyro.sleep(1.1) -- what other specs have logged in this second does not count
    for i = 1, 100 do
      pyro.log.warning("line %d", i)
      pyro.log.warning "again"
    end
    local list = lines()
    assert.are.equal(120, #list)
    pyro.sleep(1.5)
    list = lines()
    assert.are.equal(121, #list)
    assert.matches("WARNING%] 80 more like this: again$", list[121])
  end)

  it("opens its file again", function()
    pyro.log.warning "one"
    local moved = path .. ".1"
    assert(os.rename(path, moved))
    assert.is_true(pyro.log.reopen())
    assert.are.equal(0, #lines())
    pyro.log.warning "two"
    assert.are.equal(1, #lines(moved))
    assert.are.equal(1, #lines())
    os.remove(moved)
  end)

  it("goes on with the old file if there cannot be a new one", function()
    local folder = assert(uv.fs_mkdtemp "/tmp/pyrolua_log_XXXXXX")
    pyro.config.LOGFILE = folder .. "/log"
    pyro.log.warning "one"
    assert(os.rename(folder, folder .. "-"))
    for _ = 1, 3 do
      local good, why = pyro.log.reopen()
      assert.is_nil(good)
      assert.are.equal(folder .. "/log: No such file or directory", why)
    end
    pyro.log.warning "two"
    local list = lines(folder .. "-/log")
    assert.matches(",pyrolua%.log,ERROR%] cannot open .*/log again: No such file or directory; the old one is used$",
      list[2])
    assert.matches("two$", list[3])
    assert.are.equal(3, #list)
    os.remove(folder .. "-/log")
    os.remove(folder .. "-")
  end)

  it("has nothing to open again where nothing was written", function()
    assert.is_true(pyro.log.reopen())
    pyro.config.LOGFILE = "{stderr}"
    assert.is_true(pyro.log.reopen())
  end)
end)
