--- Python's types that Lua lacks: made, printed, compared, and sent to a served object and back.
local pyro = require "pyro"
local served = require "spec.support.served"

local BIG = "123456789012345678901234567890"

describe("bigints", function()
  it("are integers where these suffice", function()
    assert.are.equal(12, pyro.bigint "0012")
    assert.are.equal(math.mininteger, pyro.bigint "-9223372036854775808")
    assert.are.equal(math.maxinteger, pyro.bigint "+9223372036854775807")
    assert.are.equal(5, pyro.bigint(5))
    assert.are.equal("9223372036854775808", tostring(pyro.bigint "9223372036854775808"))
    assert.are.equal("-9223372036854775809", pyro.repr(pyro.bigint "-9223372036854775809"))
  end)

  it("are made of decimal digits only", function()
    for _, bad in ipairs { "", "-", "1.5", "0x10", " 1", "1e3", {}, 1.5 } do
      assert.are.equal("ValueError", served.failure(pyro.bigint, bad).class)
    end
  end)

  it("compare with each other and with numbers", function()
    local big, bigger, low = pyro.bigint(BIG), pyro.bigint("1" .. BIG), pyro.bigint("-" .. BIG)
    assert.is_true(big == pyro.bigint("000" .. BIG))
    assert.is_true(big ~= bigger and big ~= low)
    assert.is_true(low < big and big < bigger and big <= bigger)
    assert.is_false(bigger < big)
    assert.is_true(pyro.bigint("-1" .. BIG) < low)
    assert.is_true(math.maxinteger < big and low < math.mininteger)
    assert.is_false(big < 1)
    assert.is_false(1 < low)
    assert.is_true(pyro.bigint "-9223372036854775809" < math.mininteger)
    assert.is_true(big < 1e300 and -1e300 < low and big <= pyro.bigint(BIG))
    assert.is_false(big < 1.5)
    assert.is_false(big <= 0 / 0)
  end)
end)

describe("complex numbers", function()
  it("print as Python's", function()
    local texts = {}
    for _, parts in ipairs { { 1, 2 }, { 0, 2 }, { -0.0, -2.5 }, { 1.5, -0.0 }, { 0 / 0, math.huge },
      { 1e16, 1e-5 } } do
      texts[#texts + 1] = tostring(pyro.complex(table.unpack(parts)))
    end
    assert.are.same({ "(1+2j)", "2j", "(-0-2.5j)", "(1.5-0j)", "(nan+infj)", "(1e+16+1e-05j)" }, texts)
  end)

  it("are equal when their parts are", function()
    assert.is_true(pyro.complex(1, 2) == pyro.complex(1.0, 2.0))
    assert.is_true(pyro.complex(1, 2) ~= pyro.complex(2, 1))
  end)
end)

describe("dates", function()
  it("are made of a text or Python's ordinal, and print as Python's", function()
    assert.are.equal("2020-02-29", tostring(pyro.date "2020-02-29"))
    assert.are.equal("datetime.date(2020, 2, 29)", pyro.repr(pyro.date "2020-02-29"))
    assert.are.equal(1, pyro.date "0001-01-01".ordinal)
    assert.are.equal(719163, pyro.date "1970-01-01".ordinal)
    assert.are.equal(3652059, pyro.date "9999-12-31".ordinal)
    for ordinal = 1, 3652059, 997 do
      assert.are.equal(ordinal, pyro.date(tostring(pyro.date(ordinal))).ordinal)
    end
  end)

  it("are days that there are", function()
    for _, bad in ipairs { "2021-02-29", "1900-02-29", "2020-13-01", "2020-00-01", "2020-01-00", "0000-01-01",
      "2020-1-1", "", 0, 3652060, 1.5, {} } do
      assert.are.equal("ValueError", served.failure(pyro.date, bad).class)
    end
  end)

  it("compare", function()
    assert.is_true(pyro.date "2020-02-29" == pyro.date(737484))
    assert.is_true(pyro.date "2020-02-29" < pyro.date "2020-03-01")
    assert.is_true(pyro.date "2020-02-29" <= pyro.date "2020-02-29")
    assert.is_true(pyro.date "2020-02-29" ~= pyro.datetime "2020-02-29 00:00")
  end)
end)

describe("datetimes", function()
  it("are made of a text or seconds, and print as Python's", function()
    local function shown(text)
      local time = pyro.datetime(text)
      return tostring(time), pyro.repr(time)
    end
    assert.are.same({ "2020-01-02 03:04:05.000006", "datetime.datetime(2020, 1, 2, 3, 4, 5, 6)" },
      { shown "2020-01-02T03:04:05.000006" })
    assert.are.same({ "2020-01-02 03:04:00", "datetime.datetime(2020, 1, 2, 3, 4)" }, { shown "2020-01-02 03:04" })
    assert.are.same({ "1969-12-31 23:59:59", "datetime.datetime(1969, 12, 31, 23, 59, 59)" },
      { shown "1969-12-31 23:59:59" })
    local noon = os.time { year = 2024, month = 7, day = 1, hour = 12 }
    assert.are.equal("2024-07-01 12:00:00.500000", tostring(pyro.datetime(noon + 0.5)))
    assert.are.equal("2024-07-01 12:00:00", tostring(pyro.datetime(noon - 1e-7)))
    assert.are.equal(noon + 0.25, pyro.datetime "2024-07-01T12:00:00.25".seconds)
  end)

  it("are times that there are", function()
    for _, bad in ipairs { "2021-02-29 00:00", "2020-01-01 24:00", "2020-01-01 00:60", "2020-01-01 00:00:60",
      "2020-01-01", "2020-01-01 00:00:00+01:00", "12", "", 0 / 0, math.huge, 1e12, -1e12, true, {} } do
      assert.are.equal("ValueError", served.failure(pyro.datetime, bad).class)
    end
  end)

  it("compare", function()
    assert.is_true(pyro.datetime(1) == pyro.datetime(1.0))
    assert.is_true(pyro.datetime(1) < pyro.datetime(1.5) and pyro.datetime(1) <= pyro.datetime(1))
    assert.is_true(pyro.datetime(1) ~= pyro.datetime(2))
  end)
end)

describe("bytes", function()
  it("are a string that says so", function()
    local bytes = pyro.bytes "a\xff"
    assert.are.equal("a\xff", tostring(bytes))
    assert.are.equal(2, #bytes)
    assert.is_true(bytes == pyro.bytes "a\xff" and bytes ~= pyro.bytes "a")
    assert.are.equal([[b'a\xff']], pyro.repr(bytes))
    assert.error_matches(function() pyro.bytes(1) end, "pyro.bytes needs a string, got number")
  end)

  it("work where strings do, as far as Lua allows", function()
    local bytes = pyro.bytes "PNG\xff"
    assert.are.equal("PNG\xff!", bytes .. "!")
    assert.are.equal("1PNG\xffPNG\xff", 1 .. bytes .. bytes)
    assert.are.equal("PNG", bytes:sub(1, 3))
    assert.are.equal(255, bytes:byte(-1))
    assert.are.equal(4, bytes:len())
    assert.are.same({ 4, 4 }, { bytes:find(pyro.bytes "\xff", 1, true) })
    assert.are.equal("png\xff", bytes:lower())
    assert.are.equal("PNG\xff", ("%s"):format(bytes))
    assert.are.equal("a-b", pyro.bytes "a b":gsub(" ", "-"))
    assert.are.equal(258, (pyro.bytes ">H":unpack(pyro.bytes "\1\2")))
    assert.are.equal("'PNG'", (pyro.bytes "'%s'"):format(pyro.bytes "PNG"))
    assert.is_true(bytes < "Q" and "A" < bytes and bytes <= bytes and bytes >= pyro.bytes "PNG")
    assert.are.equal(bytes, pyro.bytes(bytes))
    assert.is_nil(bytes.nothing)
  end)

  it("blame who misuses them", function()
    local bytes = pyro.bytes "x"
    for text, f in pairs {
      ["attempt to concatenate a table value"] = function() return bytes .. {} end,
      ["attempt to compare string with number"] = function() return bytes < 1 end,
      ["spec/integration/types_spec.lua:147: bad argument #2 to 'string.rep'"] = function() return (bytes:rep {}) end,
    } do
      local ok, err = pcall(f)
      assert.is_false(ok)
      assert.matches(text, err, 1, true)
    end
    assert.matches("^spec/integration/types_spec.lua:", select(2, pcall(function() return bytes .. {} end)))
  end)
end)

describe("sequences", function()
  it("may come from table.pack()", function()
    assert.are.equal("(None, 1, False, None)", pyro.repr(pyro.tuple(table.pack(nil, 1, false, nil))))
    assert.are.equal("[None]", pyro.repr(pyro.list(table.pack(nil))))
    assert.are.equal("()", pyro.repr(pyro.tuple(table.pack())))
  end)

  it("are tables", function()
    for _, name in ipairs { "dict", "list", "tuple", "set", "frozenset", "kwargs" } do
      local ok, text = pcall(pyro[name], "x")
      assert.is_false(ok)
      assert.matches("pyro." .. name .. " needs a table, got string", text, 1, true)
    end
  end)
end)

describe("pyro.repr", function()
  it("shows all that travels as Python does", function()
    local loop, ring = {}, pyro.dict {}
    loop[1], ring.a = loop, ring
    for _, case in ipairs {
      { "None", nil }, { "None", pyro.null }, { "True", true }, { "1", 1 }, { "1.0", 1.0 }, { "-0.0", -0.0 },
      { "1e+16", 1e16 }, { "1000000000000000.0", 1e15 }, { "1e-05", 1e-5 }, { "0.1", 0.1 },
      { "0.3333333333333333", 1 / 3 }, { "5e-324", 5e-324 }, { "inf", math.huge }, { "-inf", -math.huge },
      { "nan", 0 / 0 }, { BIG, pyro.bigint(BIG) },
      { "'chair'", "chair" }, { '"it\'s"', "it's" }, { [['both \' and "']], "both ' and \"" },
      { [['\x00\n\t\x7f\\']], "\0\n\t\x7f\\" }, { "'caf\u{e9}" .. [[\xa0\u200b']], "caf\u{e9}\u{a0}\u{200b}" },
      { [[b'\xfe"']], "\xfe\"" }, { "b'text'", pyro.bytes "text" },
      { "[]", {} }, { "['chair', [2]]", { "chair", pyro.list { 2 } } }, { "(1,)", pyro.tuple { 1 } },
      { "{1, 2}", pyro.set { 1, 2 } }, { "set()", pyro.set {} }, { "{}", pyro.dict {} },
      { "frozenset({1, 2})", pyro.frozenset { 1, 2 } }, { "frozenset()", pyro.frozenset {} },
      { "{'a': [1]}", { a = { 1 } } },
      { "{'b': 1, 2: 3, (1, 2): 1, (3,): 1}",
        { b = 1, [2] = 3, [pyro.tuple { 3 }] = 1, [pyro.tuple { 1, 2 }] = 1 } },
      { "[[...]]", loop }, { "{'a': {...}}", ring },
      { "ValueError('bad', 1)", pyro.ValueError("bad", 1) }, { "OutOfStock()", pyro.Error "shop.OutOfStock" },
    } do
      assert.are.equal(case[1], pyro.repr(case[2]))
    end
  end)
end)

describe("values of these types", function()
  local proxy

  setup(function()
    proxy = served.open { echo = function(_, value)
      return value
    end }
  end)

  teardown(served.close)

  it("come back equal", function()
    for _, value in ipairs { pyro.bigint(BIG), pyro.bigint("-" .. BIG), pyro.bigint "18446744073709551615",
      pyro.complex(-0.0, 1e300), pyro.date "2020-02-29", pyro.datetime "2020-02-29 12:00:00.123456", pyro.null } do
      local back = proxy:echo { value }[1]
      assert.is_true(value == back, pyro.repr(value) .. " came back as " .. pyro.repr(back))
    end
  end)

  it("made by hand are checked", function()
    local makers = { bigint = pyro.bigint(BIG), complex = pyro.complex(1, 2), date = pyro.date(1),
      datetime = pyro.datetime(1), bytes = pyro.bytes "" }
    local function broken(name, fields)
      return setmetatable(fields, getmetatable(makers[name]))
    end
    for _, case in ipairs {
      { "a bigint without digits", broken("bigint", { digits = "1);import os" }) },
      { "a bigint without digits", broken("bigint", { digits = "-" }) },
      { "a bigint without digits", broken("bigint", {}) },
      { "a complex without its parts", broken("complex", { real = 1 }) },
      { "a date that Python has not", broken("date", { ordinal = 1e18 }) },
      { "a datetime that Python has not", broken("datetime", { seconds = 0 / 0 }) },
      { "pyro.bytes of no string", broken("bytes", { {} }) },
    } do
      local err = served.failure(proxy.echo, proxy, case[2])
      assert.are.equal("argument 1: " .. case[1] .. " cannot travel", err.message)
    end
  end)

  it("are keys of dicts, where Python can hash them", function()
    local value = pyro.dict { [pyro.tuple { 1, "a" }] = "tuple", [pyro.date(1)] = "date", [2] = "int",
      [1.5] = "float", [pyro.frozenset { 1, "a" }] = "frozenset", [true] = "bool",
      [pyro.null] = "none", ["\xff"] = "bytes" }
    local back = proxy:echo(value)
    assert.are.equal(pyro.repr(value), pyro.repr(back))
    assert.are.equal(pyro.repr(value), pyro.repr(proxy:echo(back)))
    for _, key in ipairs { {}, { a = 1 }, pyro.set { 1 }, pyro.tuple { {} }, pyro.ValueError "x" } do
      local err = served.failure(proxy.echo, proxy, { x = { [key] = 1 } })
      assert.matches("^argument 1.x%[a table%].*: a table as a key, if not a tuple or frozenset,", err.message)
    end
    assert.matches("a userdata cannot travel$", served.failure(proxy.echo, proxy, { [proxy] = 1 }).message)
  end)
end)
