--- Texts about members, and stock Pyro: its clients get them if they ask, and miss nothing else; its
--- servers have none.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local shop = pyro.document({ visit = function(_, name) return "Hello " .. name end, note = print, open = true },
    { "A shop.", visit = "Says hello.\n\u{20ac}", note = "Notes.", open = "Now?" })
  pyro.oneway(shop, "note")
  pyro.attributes(shop, "open")
  local daemon = pyro.Daemon {}
  print(daemon:register(shop, "shop"))
  daemon:requestLoop()]]

local CLIENT = [[
import sys
import %s as Pyro
uri = sys.argv[1]
with Pyro.Proxy("PYRO:Pyro.Daemon@" + uri.split("@")[1]) as daemon:
    docs = daemon.get_metadata("shop", False, True)["docs"]
    assert docs == {"": "A shop.", "visit": "Says hello.\n\u20ac", "note": "Notes.", "open": "Now?"}, docs
shop = Pyro.Proxy(uri)
assert shop.visit("you") == "Hello you"
known = set(shop._pyroMethods), set(shop._pyroOneway), set(shop._pyroAttrs)
assert known == ({"visit", "note"}, {"note"}, {"open"}), known
shop._pyroMethods = shop._pyroOneway = shop._pyroAttrs = set()
shop._pyroGetMetadata()  # asks by get_metadata()
assert known == (shop._pyroMethods, shop._pyroOneway, shop._pyroAttrs)
]]

local PYTHON_SERVER = [[
import %s as Pyro
@Pyro.expose
class Shop(object):
    """A shop."""
    def visit(self):
        """Says hello."""
daemon = Pyro.Daemon()
print(daemon.register(Shop(), "shop"), flush=True)
daemon.requestLoop()
]]

local MODULE = { Pyro4 = "Pyro4", Pyro5 = "Pyro5.api" }

describe("documentation, and stock", function()
  after_each(process.stop_all)

  for _, language in ipairs(peers.generations()) do
    for _, serializer in ipairs { "serpent", "json", "marshal", "msgpack" } do
      it(("%s gets texts by %s when it asks"):format(language, serializer), function()
        local server = process.start_pyrolua { "-e", SERVER }
        local uri = server:expect "(PYRO:shop@%S+)\n"
        local client = peers.run(language, { "-c", CLIENT:format(MODULE[language]), uri,
          env = { PYRO_SERIALIZER = serializer } })
        assert.are.equal("", client.output)
        assert.are.equal(0, client.code)
      end)
    end

    it(language .. " has names without texts", function()
      local server = peers.start(language, { "-c", PYTHON_SERVER:format(MODULE[language]) })
      local uri = server:expect "(PYRO:shop@%S+)\n"
      local program = process.run_pyrolua { "inspect", uri }
      assert.are.equal("", program.err)
      assert.matches("\nmethods:\n  visit\nattributes: none\n$", program.out)
    end)
  end
end)
