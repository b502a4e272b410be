--- Texts that say what the members of an object do: pyro.document(), and what callers get of it.
local process = require "spec.support.process"
local pyro = require "pyro"
local raw = require "spec.support.raw"
local served = require "spec.support.served"

--- A shop. (No text of a function.)
local Shop = {}
Shop.__index = Shop

--- Says hello.
---
---   Kindly.
---@param name string who comes,
---  or not
---@return string
function Shop:greet(name) -- luacheck: ignore self
  return "Hello " .. name
end

-- A note.
function Shop.noted() end

--- A comment, then a line.
--------------------------
function Shop.lined() end

--- Of nobody's concern.

function Shop.apart() end

--- Hidden.
function Shop._hidden() end

describe("pyro.document", function()
  after_each(served.close)

  --- Returns what the daemon tells to callers who ask.
  local function docs_of(object, as_lists)
    local proxy, daemon = served.open(object)
    local native <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
    local docs = native:get_metadata(proxy._pyroUri.object, as_lists or false, true).docs
    served.close()
    return docs
  end

  it("gives texts to an object and its members", function()
    local shop = pyro.document({ buy = print, sell = print, open = true }, { "A shop.", buy = "Buys.", open = "Now?" })
    pyro.attributes(shop, "open")
    assert.are.same({ [""] = "A shop.", buy = "Buys.", open = "Now?" }, docs_of(shop))
    assert.are.equal(shop, pyro.document(shop, { sell = "Sells.", buy = "Buys more." })) -- adds to them
    assert.are.same({ [""] = "A shop.", buy = "Buys more.", open = "Now?", sell = "Sells." }, docs_of(shop, true))
    assert.are.same({}, docs_of { plain = print })
  end)

  it("takes comments above functions, without annotations", function()
    assert.are.equal(Shop, pyro.document(Shop))
    assert.are.same({ greet = "Says hello.\n\n  Kindly.", lined = "A comment, then a line." },
      docs_of(setmetatable({}, Shop)))
    assert.are.same({}, docs_of(pyro.document { f = load "return 1", g = print })) -- of which there is no source
    local object = load("return { f = function() end }", "@/no/such/file.lua")()
    assert.are.same({}, docs_of(pyro.document(object)))
  end)

  it("gives an object the texts of its classes, except for those of its own", function()
    local base = pyro.document({ a = print, b = print }, { "Base.", a = "Base a.", b = "Base b." })
    base.__index = base
    local class = pyro.document(setmetatable({ b = print }, base), { b = "Class b." })
    class.__index = class
    assert.are.same({ [""] = "Base.", a = "Base a.", b = "Class b." }, docs_of(setmetatable({}, class)))
    pyro.behavior(class)
    assert.are.same({ [""] = "Base.", a = "Base a.", b = "Class b." }, docs_of(class))
  end)

  it("tells nobody of members that are not exposed", function()
    local object = pyro.document({ seen = print, unseen = print, _private = print, field = 1 },
      { seen = "S.", unseen = "U.", _private = "P.", field = "F.", missing = "M." })
    pyro.expose(object, { "seen" })
    assert.are.same({ seen = "S." }, docs_of(object))
  end)

  it("costs nothing where nobody asks: no connection begins with texts", function()
    local _, daemon = served.open {}
    daemon:register(pyro.document({ f = print }, { f = "TEXT" }), "shop")
    local peer = raw.connect(daemon.locationStr:match "%d+$")
    peer:send(raw.hello "shop")
    process.run_until(function()
      pyro.sleep(0.01)
      return #peer.received > 0
    end)
    assert.matches("methods", peer.received)
    assert.is_nil(peer.received:find "TEXT")
    peer:close()
  end)

  it("comes with the names of parameters, as far as they are known", function()
    local function parameters_of(object)
      local proxy, daemon = served.open(object)
      local native <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
      local parameters = native:get_metadata(proxy._pyroUri.object, true, true).parameters
      served.close()
      return parameters
    end
    local base = { inherited = function(_, x) return x end, over = function(_, old) return old end }
    base.__index = base
    local object = setmetatable({
      none = function() end,
      two = function(_, fruit, number) return fruit, number end,
      any = function(_, first, ...) return first, ... end,
      over = function(_, new) return new end,
      native = print,
      told = print,
      stripped = load(string.dump(load "return function(self, a) return a end", true))(),
      _private = function(_, secret) return secret end,
    }, base)
    pyro.parameters(object, "told", { "a", "b" })
    assert.are.same({ none = {}, two = { "fruit", "number" }, any = { "first", "..." }, over = { "new" },
      told = { "a", "b" }, inherited = { "x" } }, parameters_of(object))
    assert.are.same({}, parameters_of {})
  end)

  it("refuses what is no text, or a long one", function()
    local at = "^[^:]*documentation_spec.lua:%d+: "
    for message, arguments in pairs {
      ["a class or object %(a table%) expected, got string"] = { "shop", {} },
      ["a table of texts expected, got string"] = { {}, "text" },
      ["the name of a member must be a string, got 2"] = { {}, { [2] = "text" } },
      ["the name of a member must be a string, got true"] = { {}, { [true] = "text" } },
      ["the text of 'a' must be a string in UTF%-8"] = { {}, { a = "\xff" } },
      ["the text of 'b' must be a string in UTF%-8"] = { {}, { b = 5 } },
      ["the text of 'c' has more than 4096 bytes"] = { {}, { c = ("x"):rep(4097) } },
    } do
      local function wrong()
        pyro.document(arguments[1], arguments[2])
      end
      assert.matches(at .. message, served.failure(wrong))
    end
    assert.are.equal(4096, #docs_of(pyro.document({ a = print }, { a = ("x"):rep(4096) })).a)
  end)
end)
