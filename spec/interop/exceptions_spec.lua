--- Exceptions between Lua and Python: of classes that the other side has not, and the texts of all that Python has.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local pyro = require "pyro"
  local Thrower = {}
  local errors = {
    unknown = function() return pyro.Error("NotLinkedError", "Not linked") end,
    bare = function() return pyro.Error "NotLinkedError" end,
    several = function() return pyro.Error("NotLinkedError", "Not linked", 5) end,
    number = function() return pyro.Error("NotLinkedError", 5) end,
    builtin = function() return pyro.Error("builtins.NotLinkedError", "Not linked") end,
    unfit = function() return pyro.UnicodeDecodeError "bad byte" end,
    naming = function() return pyro.NamingError "n" end,
    other = function() return pyro.Error("Pyro4.errors.NamingError", "n") end,
    five = function() return pyro.Error("Pyro5.errors.NamingError", "n") end,
    table = function() return { class = "NotLinkedError", message = "Not linked" } end,
    value = function() return pyro.ValueError "v" end,
  }
  function Thrower:fail(how) error(errors[how](), 0) end
  function Thrower:items(how) return coroutine.wrap(function() error(errors[how](), 0) end) end
  function Thrower:value(how)
    local err = errors[how]()
    return how == "table" and pyro.Error(err.class, err.message) or err
  end
  function Thrower:kinds() return { %s } end
  local daemon = pyro.Daemon {}
  print(daemon:register(Thrower, "thrower"))
  daemon:requestLoop()
]]

--- Output of Python for each: class, text, attribute; the same of a call, in a batch, in a stream, and of a value.
local EXPECTED = {
  { "unknown", "RuntimeError|NotLinkedError: Not linked|NotLinkedError" },
  { "bare", "RuntimeError|NotLinkedError|NotLinkedError" },
  { "several", "RuntimeError|('NotLinkedError: Not linked', 5)|NotLinkedError" },
  { "number", "RuntimeError|('NotLinkedError', 5)|NotLinkedError" },
  { "builtin", "RuntimeError|NotLinkedError: Not linked|NotLinkedError" },
  { "unfit", "RuntimeError|UnicodeDecodeError: bad byte|UnicodeDecodeError" },
  { "naming", "NamingError|n|None" },
  { "other", "NamingError|n|None" },
  { "five", "NamingError|n|None" },
  { "table", "RuntimeError|NotLinkedError: Not linked|NotLinkedError" },
  { "value", "ValueError|v|None" },
}

--- Returns what is printed of a case. Pyro5 makes exceptions of a batch anew, without their attributes.
local function lines_of(case, batch)
  local in_batch = ({ Pyro4 = case[2], Pyro5 = case[2]:gsub("[^|]*$", "None") })[batch]
  return table.concat({ case[1], case[2], case[2], case[2], in_batch }, "\n") .. "\n"
end

local USER = [[
  local thrower = pyro.Proxy((...))
  local function raised(f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok, "nothing raised")
    return err
  end

  -- The others have no bytes, or no texts that are none.
  for number = 1, "SERIALIZER" == "msgpack" and thrower:count() or 0 do
    local expected = thrower:sample(number)
    local _, err = pcall(thrower.throw, thrower, number)
    local class = err.class:gsub("^builtins%.", "")
    assert(class == expected[1] and err.message == expected[2],
      ("%s: %s, not %s"):format(class, err.message, expected[2]))
  end

  local function check(err, class, item)
    assert(getmetatable(err) == getmetatable(pyro.ValueError "x"))
    assert(err.class == class and err.message == "('no chairs', 7)", tostring(err))
    assert(tostring(err) == class .. ": ('no chairs', 7)")
    assert(pyro.repr(err.args) == "['no chairs', 7]" and err.item == "chair" and err.attributes.item == "chair")
    assert(table.concat(err.remoteTraceback):find "in own\n")
    assert(err._pyroTraceback == nil and err.attributes._pyroTraceback == nil)
  end

  local function all()
    check(raised(thrower.own, thrower, "registered"), "shop.OutOfStock")
    check(raised(thrower.own, thrower, "stock"), "__main__.Refused")
    if BATCH then
      local batch = pyro.batch(thrower)
      batch:own "registered"
      check(raised(batch()), "shop.OutOfStock")
      batch:own "stock"
      check(raised(batch()), "__main__.Refused")
    end
    local items = thrower:items()
    assert(items() == 1)
    check(raised(items), "shop.OutOfStock")
    check(raised(function() return pyro.async(thrower):own "registered".value end), "shop.OutOfStock")
  end

  all()
  if "SERIALIZER" ~= "marshal" then
    local err = raised(thrower.own, thrower, "part")
    check(err, "__main__.Refused")
    assert(err.part.__class__ == "shop.Part" and err.part.size == 3, pyro.repr(err.attributes))
  end
  pyro.registerClass("shop.OutOfStock", {})
  pyro.registerClass("__main__.Refused", {})
  all()

  local Class = {}
  Class.__index = Class
  function Class:wanted() return self.item end
  pyro.registerClass("shop.OutOfStock", Class)
  local err = raised(thrower.own, thrower, "registered")
  assert(getmetatable(err) == Class and err:wanted() == "chair" and err.message == "('no chairs', 7)")
  assert(err.class == "shop.OutOfStock" and table.concat(err.remoteTraceback):find "in own\n")
  assert(tostring(err) == "shop.OutOfStock: ('no chairs', 7)")
  print "all well"
  thrower:own "registered"
]]

describe("exceptions", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    for _, serializer in ipairs(peers.serializers[generation]) do
      local batch = serializer ~= "marshal" and generation -- which Pyro has no batches by
      local accepted = generation == "Pyro4" and serializer or nil -- Pyro5 accepts all
      local env = { PYRO_SERIALIZER = serializer, PYRO_SERIALIZERS_ACCEPTED = accepted }

      it(("of classes that %s has not reach it with class and text, by %s"):format(generation, serializer), function()
        local names, expected = {}, {}
        for i, case in ipairs(EXPECTED) do
          names[i] = ("%q"):format(case[1])
          expected[i] = lines_of(case, batch)
        end
        local server = process.start_pyrolua { "-e", SERVER:format(table.concat(names, ", ")) }
        local run = peers.run(generation, { "spec/interop/python/exceptions.py", generation, "use",
          server:expect "(PYRO:thrower@%S+)\n", batch and "batch" or "none", env = env })
        assert.are.equal(table.concat(expected), run.output)
      end)

      it(("of %s arrive with Python's texts, whatever their class, by %s"):format(generation, serializer), function()
        local server = peers.start(generation, { "spec/interop/python/exceptions.py", generation, "serve", env = env })
        local user = "local pyro = require 'pyro'\n" .. USER
        local script = process.file("user.lua",
          (user:gsub("SERIALIZER", serializer):gsub("BATCH", tostring(batch ~= false))))
        local run = process.run_pyrolua { script, server:expect "(PYRO:thrower@%S+)\n",
          env = { PYRO_SERIALIZER = serializer } }
        assert.are.equal("all well\n", run.out, run.err)
        assert.matches("shop.OutOfStock: %('no chairs', 7%)\n", run.err)
        assert.matches("This exception occured remotely.*in own\n", run.err)
      end)
    end
  end
end)
