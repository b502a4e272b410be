--- Objects for the page: some that say what they do, and some that want to do harm.
local pyro = require "pyro"

local daemon = pyro.Daemon {}
local ns = pyro.locateNS()

local Shop = { motto = "cheap", sold = 0 }
--- Sells something.
function Shop:buy(what, number)
  if what == "moon" then
    error(pyro.KeyError "we have no moon")
  end
  return { what = what, number = number, bytes = pyro.bytes "\0\xff", pair = pyro.tuple { 1, 2.5 } }
end
--- Counts down, and ends.
function Shop:count(from)
  return coroutine.wrap(function()
    for i = from, 1, -1 do
      coroutine.yield(i)
    end
  end)
end
function Shop:sum(...)
  local sum = 0
  for _, number in ipairs { ... } do
    sum = sum + number
  end
  return sum
end
function Shop:keywords(...)
  return pyro.repr((...))
end
function Shop:prices()
  return coroutine.wrap(function()
    local apple, pear = 40, 60
    while true do
      apple, pear = apple + math.random() * 4 - 2, pear + math.random() * 4 - 2
      coroutine.yield(pyro.tuple { "apple", apple })
      coroutine.yield(pyro.tuple { "pear", pear })
      pyro.sleep(0.1)
    end
  end)
end
function Shop:fall(why)
  error(pyro.IndexError(why))
end
function Shop:still() end
function Shop:tell(what)
  self.told = what
end
pyro.document(Shop, { "A shop, which sells fruit.", motto = "What it says." })
pyro.document(Shop)
pyro.attributes(Shop, "motto")
pyro.oneway(Shop, "tell")

local Items = {}
function Items:fall_later()
  return coroutine.wrap(function()
    coroutine.yield(1)
    coroutine.yield(2)
    error(pyro.IndexError "no third")
  end)
end
function Items:many()
  local numbers = {}
  for i = 1, 250 do
    numbers[i] = i
  end
  return numbers
end

local MARKUP = "<img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>"
local Evil = {}
Evil["<b>bold"] = function()
  return { [MARKUP] = MARKUP }
end
function Evil:fail()
  error(pyro.ValueError(MARKUP))
end
function Evil:endless()
  return coroutine.wrap(function()
    while true do
      coroutine.yield(MARKUP)
    end
  end)
end
function Evil:long()
  return ("x"):rep(20 * 2 ^ 20)
end
function Evil:deep()
  local value = {}
  for _ = 1, 60 do
    value = { value }
  end
  return value
end
--- Members that JavaScript's objects have.
local MEMBERS = { toString = "x", valueOf = 1, toJSON = "x", ["then"] = "x", constructor = "x", length = 1e308,
  __proto__ = { toString = 1 } }
local Failure = {}
Failure.__index = Failure
pyro.registerClass("example.Failure", Failure, function()
  return { __class__ = "example.Failure", __exception__ = true, args = { MEMBERS },
    attributes = { _pyroTraceback = { MEMBERS, "the last line\n" } } }
end, function() end)
function Evil:members()
  return MEMBERS
end
function Evil:fail_strangely()
  error(setmetatable({}, Failure))
end
function Evil:fail_at_length()
  error(pyro.ValueError(("\u{1f600}"):rep(100000)))
end
function Evil:stream_members()
  return coroutine.wrap(function()
    for _, value in ipairs { MEMBERS, 1e308, -1e308, 5e-324, ("k"):rep(100000) } do
      coroutine.yield(pyro.tuple { MEMBERS, 1 })
      coroutine.yield(pyro.tuple { ("n"):rep(100000), value })
    end
    error(setmetatable({}, Failure))
  end)
end
function Evil:stream_much()
  return coroutine.wrap(function()
    for _ = 1, 6 do
      coroutine.yield(("x"):rep(4 * 2 ^ 20))
    end
  end)
end
function Evil:keys()
  return { [("k"):rep(100000)] = ("\u{1f600}"):rep(100000), ["\u{202e}"] = 2 ^ 60 | 0, [MARKUP] = 0 / 0 }
end
Evil[".."] = Evil.members
pyro.document(Evil, { MARKUP, fail = MARKUP })

ns:register("http.shop", daemon:register(Shop), { metadata = { "fruit", "example" } })
ns:register("http." .. MARKUP, daemon:register(Evil), { metadata = { MARKUP } })
--- An object with one method of that name, which can become another one.
local function changing(name)
  return {
    [name] = function(_, what)
      return what
    end,
    become = function(_, other)
      ns:register("http.changing", daemon:register(changing(other)))
    end,
  }
end

ns:register("http.changing", daemon:register(changing "first"))
ns:register("http.items", daemon:register(Items))
ns:register("http.bare", daemon:register {})
ns:register("http.alias", "PYRONAME:http.items")
ns:register("http.strange", "PYRO:" .. "x@localhost:1")
print "READY"
daemon:requestLoop()
