--- Who may call what: real clients of Pyro4 and Pyro5 get their own PermissionError.
local certificates = require "spec.support.certificates"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SHOP = [[
local pyro = require "pyro"
local shop = { price = 7, cost = 3 }
pyro.attributes(shop, "price", "cost")
pyro.oneway(shop, "note")
function shop:list() return { "bike" } end
function shop:buy(what) return "a " .. what end
function shop:note() error "noted" end
function shop:items()
  local i = 0
  return function()
    i = i + 1
    return i <= 2 and i or nil
  end
end
local daemon = pyro.Daemon { allow = arg[1] }
if not arg[1] then
  local ALLOWED = { list = true, price = true, items = true, __getattr__ = true, __setattr__ = true,
    get_metadata = true }
  function daemon:authorize(_, object, method)
    pyro.sleep(0.001)
    if object ~= "shop" then
      error(pyro.PermissionError("not allowed to use " .. object))
    end
    return ALLOWED[method]
  end
end
print(daemon:register(shop, "shop"))
daemon:register({ list = function() end }, "secret")
print "Shop is running."
daemon:requestLoop()
]]

local RULES = [[
allow shop list
allow shop items
allow shop __getattr__
allow shop __setattr__
allow shop price
]]

local NAMES = [[
allow Pyro.NameServer ping
allow Pyro.NameServer lookup name example.*
allow Pyro.NameServer register name example.*
allow Pyro.NameServer list name example.*
]]

describe("a client of Python", function()
  after_each(process.stop_all)
  teardown(certificates.remove)

  --- Serves the shop to clients with certificates, by rules for one of these; runs a client.
  local function visit_by_certificate(generation, certificate)
    local server = peers.start("Lua", { process.file("shop.lua", SHOP),
      process.file("certified.allow", (RULES:gsub("\n", " cert " .. certificate .. "\n"))),
      env = certificates.server(true) })
    local uri = server:expect "(PYRO:shop@[%w.:]+)\n"
    return server, peers.run(generation, { "spec/interop/python/allowed.py", generation, "serpent", uri,
      env = certificates.client "client" })
  end

  for _, generation in ipairs(peers.generations()) do
    for _, serializer in ipairs(peers.serializers[generation]) do
      for means, rules in pairs { ["rules"] = process.file("shop.allow", RULES), ["a function"] = false } do
        it(("gets PermissionError of %s: %s, %s"):format(means, generation, serializer), function()
          local server = peers.start("Lua", { process.file("shop.lua", SHOP), rules or nil })
          local uri = server:expect "(PYRO:shop@[%w.:]+)\n"
          server:expect "Shop is running%.\n"
          local client = peers.run(generation,
            { "spec/interop/python/allowed.py", generation, serializer, uri })
          assert.are.equal("allowed what is allowed\n", client.output)
          assert.is_nil(server.output:find("noted", 1, true))
        end)
      end
    end

    it("is known by its certificate: " .. generation, function()
      local _, client = visit_by_certificate(generation, "CN=client")
      assert.are.equal("allowed what is allowed\n", client.output)
      for _, other in ipairs { "CN=clients", "CN=localhost", "client" } do
        local server, refused = visit_by_certificate(generation, other)
        assert.matches("rejected: not allowed to connect\n$", refused.output)
        server:expect "handshake failed: not allowed to connect\n"
        process.stop_all()
      end
    end)

    it("may use what rules of the name server allow: " .. generation, function()
      local server, env = peers.name_server("Lua", { PYROLUA_ALLOW = process.file("names.allow", NAMES) })
      local client = peers.run(generation, { "spec/interop/python/names_allowed.py", generation, env = env })
      assert.are.equal("allowed what is allowed\n", client.output)
      server:expect "not allowed to call Pyro%.NameServer%.register with the name 'other': no rule of "
    end)
  end
end)
