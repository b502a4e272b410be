--- The line that says how far work is: when it is written, and how it looks.
local progress = require "pyro.tool.progress"

describe("progress", function()
  local written, time, terminal
  local stderr, getenv = io.stderr, os.getenv

  before_each(function()
    written, time, terminal = {}, 100, "xterm"
    io.stderr = { write = function(_, text) table.insert(written, text) end, flush = function() end } -- luacheck: ignore
    os.getenv = function(name) -- luacheck: ignore
      return name == "TERM" and terminal or nil
    end
  end)
  after_each(function()
    io.stderr, os.getenv = stderr, getenv -- luacheck: ignore
  end)

  local function start(columns)
    return progress.start(columns, function()
      return time
    end)
  end

  --- Shows a text; returns what is written for that.
  local function shows(line, text)
    written = {}
    line:show(function()
      return text
    end)
    return table.concat(written)
  end

  it("is silent where nobody is watching, and on terminals that cannot take it away", function()
    for _, case in ipairs { { nil, "xterm" }, { 80, "dumb" }, { 80, nil } } do
      terminal = case[2]
      local line = start(case[1])
      time = time + 10
      assert.are.equal("", shows(line, "text"))
      line:clear()
      assert.are.equal("", table.concat(written))
    end
  end)

  it("fits into a terminal", function()
    local line = start(6)
    for text, shown in pairs { ["12345"] = "12345", ["123456"] = "12345", ["1\u{20ac}34567"] = "1\u{20ac}345",
      ["\xff234567"] = "\xff2345" } do
      time = time + 1
      assert.are.equal("\r\27[K" .. shown, shows(line, text))
    end
  end)

  it("begins late, and is written ten times a second at most", function()
    local line = start(80)
    time = time + 0.4
    assert.are.equal("", shows(line, "one"))
    time = time + 0.2
    assert.are.equal("\r\27[Ktwo", shows(line, "two"))
    time = time + 0.05
    assert.are.equal("", shows(line, "three"))
    time = time + 0.06
    assert.are.equal("\r\27[Kfour", shows(line, "four"))
    written = {}
    line:clear()
    line:clear()
    assert.are.equal("\r\27[K", table.concat(written))
  end)

  it("formats numbers", function()
    for number, text in pairs { [0] = "0", [999] = "999", [1000] = "1,000", [999999] = "999,999",
      [1234567.4] = "1,234,567" } do
      assert.are.equal(text, progress.count(number))
    end
    for number, text in pairs { [0] = "0 bytes", [999] = "999 bytes", [1000] = "1.0 kB", [1234567] = "1.2 MB",
      [5e9] = "5.0 GB", [7.5e15] = "7500.0 TB" } do
      assert.are.equal(text, progress.size(number))
    end
  end)
end)
