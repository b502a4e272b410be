--- pyro.ndarray: made, looked into, and sent to a served object and back.
local pyro = require "pyro"
local served = require "spec.support.served"

local failure, new, load = served.failure, pyro.ndarray.new, pyro.ndarray.load

--- Returns what numpy 1.24 writes for [[1, 2, 3], [4, 5, 6]] of '<u2', in C and in Fortran order.
local function npy(order, data)
  local header = ("{'descr': '<u2', 'fortran_order': %s, 'shape': (2, 3), }"):format(order)
  return "\x93NUMPY\1\0\x76\0" .. header .. (" "):rep(0x76 - #header - 1) .. "\n" .. data
end

local C_NPY = npy("False", "\1\0\2\0\3\0\4\0\5\0\6\0")
local FORTRAN_NPY = npy("True", "\1\0\4\0\2\0\5\0\3\0\6\0")

describe("an ndarray", function()
  it("tells its shape, dtype and data", function()
    local array = new({ 2, 3 }, "float64", { { 1, 2, 3 }, { 4, 5, 6 } })
    assert.are.same({ 2, 3 }, array.shape)
    assert.are.equal("<f8", array.dtype)
    assert.are.equal("C", array.order)
    assert.are.equal(("<dddddd"):pack(1, 2, 3, 4, 5, 6), array.data)
    assert.are.equal(2, #array)
    assert.are.equal("ndarray(2x3, <f8)", tostring(array))
    assert.are.equal("[ndarray(2x3, <f8)]", pyro.repr { array })
    assert.is_nil(array.size)
  end)

  it("does not change", function()
    local array = new(2, "u1", "\1\2")
    array.shape[1] = 5
    assert.are.same({ 2 }, array.shape)
    assert.is_false(pcall(function()
      array.dtype = "<f8"
    end))
  end)

  it("gives its items by index, from 1", function()
    local array = new({ 2, 3 }, "<i2", { { 1, -2, 3 }, { 4, 5, -6 } })
    assert.are.equal(-2, array:get(1, 2))
    assert.are.equal(-6, array:get(2, 3))
    assert.are.equal("integer", math.type(array:get(1, 1)))
    assert.are.same({ 4, 5, -6 }, array:row(2))
    assert.are.same({ { 1, -2, 3 }, { 4, 5, -6 } }, array:totable())
  end)

  it("has no items by key", function()
    local array = new({ 3 }, "<i2", { 1, 2, 3 })
    assert.matches("an ndarray has no items by key; it has get(i, …)", failure(function()
      return array[1]
    end), 1, true)
  end)

  it("has any number of dimensions", function()
    local cube = new({ 2, 2, 2 }, "u1", "\1\2\3\4\5\6\7\8")
    assert.are.equal(7, cube:get(2, 2, 1))
    assert.are.same({ { 5, 6 }, { 7, 8 } }, cube:row(2))
    local line = new({ 3 }, "u1", { 7, 8, 9 })
    assert.are.equal(8, line:row(2))
    assert.are.equal("ndarray(3, |u1)", tostring(line))
    local point = new({}, "<f4", 1.5)
    assert.are.equal(1.5, point:get())
    assert.are.equal(1.5, point:totable())
    assert.are.equal("ndarray(<f4)", tostring(point))
    assert.are.same({ {}, {} }, new({ 2, 0 }, "<f8", {}):totable())
    assert.are.equal(0, #new({ 0, 2 }, "<f8", ""))
  end)

  it("knows numpy's types", function()
    local function items(dtype, data, count)
      return pyro.repr(new(count or 1, dtype, data):totable())
    end
    assert.are.equal("[True, False]", items("|b1", "\1\0", 2))
    assert.are.equal("[-1]", items("i1", "\xff"))
    assert.are.equal("[258]", items(">u2", "\1\2"))
    assert.are.equal("[18446744073709551615]", items("<u8", ("\xff"):rep(8)))
    assert.are.equal("[1.5]", items("<f2", "\x00\x3e"))
    assert.are.equal("[(1-2j)]", items("<c8", ("<ff"):pack(1, -2)))
    assert.are.equal("['ab']", items("|S4", "ab\0\0"))
    assert.are.equal("['é']", items("<U2", "\xe9\0\0\0\0\0\0\0"))
    assert.are.equal("[86400]", items("<M8[s]", ("<i8"):pack(86400)))
  end)

  it("is made of tables of what it gives", function()
    local function back(dtype, ...)
      return pyro.repr(new({ select("#", ...) }, dtype, { ... }):totable())
    end
    assert.are.equal("[True, False]", back("bool", true, false))
    assert.are.equal("[-128, 127]", back("int8", -128, 127))
    assert.are.equal("[65535, 3]", back(">u2", 65535, 3.0))
    assert.are.equal("[18446744073709551615]", back("uint64", pyro.bigint "18446744073709551615"))
    assert.are.equal("[-9223372036854775808]", back("int64", math.mininteger))
    assert.are.equal("[1.5, -0.0, inf, 65504.0, 5.960464477539063e-08, inf, 6.103515625e-05]",
      back("float16", 1.5, -0.0, math.huge, 65519, 5e-8, 65520, 2.0 ^ -14))
    assert.are.equal("[0.5, 3.0]", back(">f4", 0.5, 3))
    assert.are.equal("[(1+2j), (3+0j)]", back("complex64", pyro.complex(1, 2), 3))
    assert.are.equal("['ab', '']", back("S2", "ab", ""))
    assert.are.equal("['é\u{1F600}', 'a']", back(">U2", "é\u{1F600}", "a"))
    assert.are.equal(new({ 2, 2 }, "u1", { 1, 2, 3, 4 }), new({ 2, 2 }, "u1", { { 1, 2 }, { 3, 4 } }))
  end)

  it("has C or Fortran order", function()
    local fortran = new({ 2, 3 }, "<u2", "\1\0\4\0\2\0\5\0\3\0\6\0", "F")
    assert.are.equal("F", fortran.order)
    assert.are.equal(4, fortran:get(2, 1))
    assert.are.same({ 4, 5, 6 }, fortran:row(2))
    assert.are.equal(new({ 2, 3 }, "<u2", { 1, 2, 3, 4, 5, 6 }), fortran)
    assert.are_not.equal(new({ 3, 2 }, "<u2", { 1, 2, 3, 4, 5, 6 }), fortran)
    assert.are_not.equal(new({ 2, 3 }, "<i2", { 1, 2, 3, 4, 5, 6 }), fortran)
  end)

  it("is refused in one clear line", function()
    local function refused(message, ...)
      assert.matches(message, failure(...), 1, true)
    end
    refused("pyro.ndarray.new: no such dtype of an array: 'f3'", new, 1, "f3", "")
    refused("no such dtype of an array: 'datetime64[s]'; dates are 'M8'", new, 1, "datetime64[s]", "")
    refused("no such dtype of an array: 'timedelta64'; durations are 'm8'", new, 1, "timedelta64", "")
    refused("pyro.ndarray.new: a dtype is a string", new, 1, 8, "")
    refused("pyro.ndarray.new: an array of objects cannot travel", new, 1, "O", "")
    refused("pyro.ndarray.new: an array of records cannot travel", new, 1, "V8", "")
    refused("pyro.ndarray.new: a shape is a list of integers that are not negative", new, { -1 }, "u1", "")
    refused("a shape is a list of integers", new, { 1.5 }, "u1", "")
    refused("a shape is a list of integers", new, "x", "u1", "")
    refused("the shape of an array is too large", new, { 1 << 30, 1 << 30, 1 << 30 }, "u1", {})
    refused("an array has 3 bytes of data, its shape and dtype need 4", new, { 2, 2 }, "u1", "\1\2\3")
    refused("more than the 2 items of the shape", new, 2, "u1", { 1, 2, 3 })
    refused("dimension 2 has 1 items, not 2", new, { 2, 2 }, "u1", { { 1, 2 }, { 3 } })
    refused("4 items, where the shape has 6", new, { 3, 2 }, "u1", { 1, 2, 3, 4 })
    refused("item 1 is a list", new, { 1, 1 }, "u1", { { { 1 } } })
    refused("items come in lists, not in a dict", new, { 1 }, "u1", { a = 1 })
    refused("item 2 is too large for dtype |u1", new, 2, "u1", { 1, 256 })
    refused("item 1 is too large for dtype |i1", new, 1, "i1", { 128 })
    refused("item 1 is too large for dtype <u8", new, 1, "u8", { -1 })
    refused("item 1: a float does not fit dtype |u1", new, 1, "u1", { 1.5 })
    refused("item 1: a string does not fit dtype <f8", new, 1, "f8", { "1" })
    refused("item 1 is too large for dtype |S2", new, 1, "S2", { "abc" })
    refused("data[2]: a function cannot travel", new, 2, "u1", { 1, print })
    refused("only a string has an order", new, 2, "u1", { 1, 2 }, "F")
    local array = new({ 2, 2 }, "u1", "\1\2\3\4")
    refused("an ndarray of 2 dimensions takes as many indices, not 1", array.get, array, 1)
    refused("index 3 of an ndarray's dimension 2 is not in 1 to 2", array.get, array, 1, 3)
    refused("index 0 of an ndarray's dimension 1 is not in 1 to 2", array.row, array, 0)
    local point = new({}, "u1", "\1")
    refused("no length", function()
      return #point
    end)
    refused("no rows", point.row, point, 1)
    local empty = new({ 1 << 30, 0 }, "u1", "")
    refused("too many tables", empty.totable, empty)
  end)
end)

describe("npy data", function()
  it("is what numpy writes", function()
    assert.are.equal(C_NPY, new({ 2, 3 }, "<u2", { 1, 2, 3, 4, 5, 6 }):npy())
    assert.are.equal(FORTRAN_NPY, new({ 2, 3 }, "<u2", "\1\0\4\0\2\0\5\0\3\0\6\0", "F"):npy())
  end)

  it("is read", function()
    assert.are.same({ { 1, 2, 3 }, { 4, 5, 6 } }, load(C_NPY):totable())
    assert.are.same({ { 1, 2, 3 }, { 4, 5, 6 } }, load(FORTRAN_NPY):totable())
    assert.are.equal("F", load(FORTRAN_NPY).order)
    assert.are.equal(load(C_NPY), load(pyro.bytes(C_NPY)))
    for _, array in ipairs { new({}, "<f8", 1), new(3, "u1", "abc"), new({ 2, 0 }, ">c16", ""),
      new({ 1, 1, 1, 1, 1 }, "<M8[ns]", { 5 }) } do
      assert.are.equal(array, load(array:npy()))
    end
  end)

  it("is refused where it is none", function()
    assert.matches("pyro.ndarray.load: malformed npy data", failure(load, "\x93NUMPY"), 1, true)
    assert.matches("pyro.ndarray.load: an array has 11 bytes of data", failure(load, C_NPY:sub(1, -2)), 1, true)
    assert.matches("string expected", failure(load, {}), 1, true)
  end)
end)

for _, serializer in ipairs { "auto", "msgpack", "serpent", "json", "marshal", "pickle" } do
  describe("an ndarray, by " .. serializer .. ",", function()
    local proxy

    setup(function()
      pyro.config.SERIALIZER = serializer
      proxy = served.open {
        echo = function(_, ...)
          return ...
        end,
        sum = function(_, values)
          local sum = 0
          for _, value in ipairs(values.image:totable()) do
            sum = sum + value
          end
          return sum
        end,
      }
    end)

    teardown(function()
      served.close()
      pyro.config.SERIALIZER = "auto"
    end)

    it("comes back as it went", function()
      for _, array in ipairs { new({ 2, 3 }, "<f8", { 1, 2, 3, 4, 5, 6 }), new({}, ">i4", 7), new({ 0, 3 }, "u1", ""),
        new(2, "|b1", { true, false }), new({ 1, 2 }, "<c16", { 1, pyro.complex(2, 3) }), new(1, "<U3", { "é" }),
        new({ 2, 2 }, "u1", "\1\2\3\4", "F") } do
        assert.are.equal(array, proxy:echo(array))
      end
      local image = new({ 512, 512 }, "<u2", ("\1\2"):rep(512 * 512))
      assert.are.equal(image, proxy:echo(image))
    end)

    it("keeps its order in a pickle, and is in C order elsewhere", function()
      local fortran = new({ 2, 2 }, "u1", "\1\2\3\4", "F")
      assert.are.equal(serializer == "pickle" and "F" or "C", proxy:echo(fortran).order)
    end)

    it("is in lists and dicts", function()
      local array = new(3, "u1", { 1, 2, 3 })
      assert.are.equal(6, proxy:sum { image = array })
      local back = proxy:echo { array, { deep = { array } } }
      assert.are.equal(array, back[1])
      assert.are.equal(array, back[2].deep[1])
    end)

    it("is no key", function()
      local err = failure(proxy.echo, proxy, { [new(1, "u1", "a")] = 1 })
      assert.matches("SerializeError: argument 1[an array]: an array as a key cannot travel", tostring(err), 1, true)
    end)
  end)
end

describe("a dict of the class numpy.ndarray", function()
  local proxy

  local function dict(shape, dtype, data)
    return pyro.dict { __class__ = "numpy.ndarray", shape = shape, dtype = dtype, data = data }
  end

  before_each(function()
    proxy = served.open {
      echo = function(_, value)
        return value
      end,
    }
  end)

  after_each(function()
    served.close()
    pyro.unregisterClass "numpy.ndarray"
  end)

  it("is an ndarray", function()
    local array = new({ 1, 2 }, "<u2", { 1, 2 })
    assert.are.equal(array, proxy:echo(dict({ 1, 2 }, "<u2", "AQACAA==")))
    assert.are.equal(array, proxy:echo(dict(pyro.tuple { 1, 2 }, "uint16", "\1\0\2\0")))
    assert.are.equal(array, proxy:echo(dict({ 1, 2 }, "uint16", pyro.bytes "\1\0\2\0")))
  end)

  it("is refused where it is none", function()
    local function refused(message, ...)
      assert.are.equal("SerializeError: " .. message, tostring(failure(proxy.echo, proxy, dict(...))))
    end
    refused("malformed class: an array has no data", { 1 }, "u1")
    refused("a shape is a list of integers that are not negative", nil, "u1", "a")
    refused("a dtype is a string, such as '<f8'", { 1 }, nil, "a")
    refused("an array of objects cannot travel", { 1 }, "|O", "a")
    refused("an array has 2 bytes of data, its shape and dtype need 1", { 1 }, "u1", "ab")
  end)

  it("is of a program's own class, where it registers one", function()
    local Image = {}
    pyro.registerClass("numpy.ndarray", Image, nil, function(fields)
      return { image = new(fields.shape, fields.dtype, fields.data) }
    end)
    assert.are.equal(new({ 1, 2 }, "<u2", { 1, 2 }), proxy:echo(dict({ 1, 2 }, "<u2", "AQACAA==")).image)
  end)
end)

describe("MAX_VALUE_MEMORY", function()
  local proxy

  before_each(function()
    pyro.config.MAX_VALUE_MEMORY = 100000
    proxy = served.open {
      take = function(_, array)
        return #array
      end,
    }
  end)

  after_each(function()
    served.close()
    pyro.config.MAX_VALUE_MEMORY = 268435456
  end)

  it("counts arrays", function()
    assert.are.equal(90000, proxy:take(new(90000, "u1", ("x"):rep(90000))))
    assert.matches("MAX_VALUE_MEMORY", tostring(failure(proxy.take, proxy, new(110000, "u1", ("x"):rep(110000)))))
    local many = {}
    for i = 1, 1000 do
      many[i] = new(1, "u1", "x")
    end
    assert.matches("MAX_VALUE_MEMORY", tostring(failure(proxy.take, proxy, many)))
  end)
end)
