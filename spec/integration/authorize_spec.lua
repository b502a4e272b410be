--- daemon:authorize(): who may call what, as a function decides.
local core = require "pyro.core"
local guarded = require "spec.support.guarded"
local pyro = require "pyro"
local served = require "spec.support.served"

local refused = guarded.refused

local SECRET = "open sesame"

describe("authorize()", function()
  local daemon, shop, uri, asked, pause

  --- Allows everything but buy, cost and boom.
  local function authorize(_, connection, object, method)
    asked[#asked + 1] = object .. "." .. method
    if pause then
      pyro.sleep(0.001)
    end
    if method == "boom" or method == "note" and shop.boom then
      error(pyro.ValueError "boom")
    end
    return method ~= "buy" and method ~= "cost" or connection.handshake == SECRET
  end

  local function open(options)
    return pyro.Proxy(uri, options)
  end

  --- Returns what was asked for, since the last time.
  local function questions()
    local text = table.concat(asked, " ")
    asked = {}
    return text
  end

  before_each(function()
    guarded.set_up()
    pause, asked = false, {}
    shop = guarded.new_shop()
    daemon = pyro.Daemon {}
    uri = daemon:register(shop, "shop")
    daemon.authorize = authorize
  end)

  after_each(function()
    daemon:close()
    guarded.tear_down()
  end)

  for _, waits in ipairs { false, true } do
    describe(waits and "that waits" or "that answers at once", function()
      before_each(function()
        pause = waits
      end)

      it("is asked for methods, before their arguments are read", function()
        local proxy <close> = open()
        assert.are.equal("bike", proxy:list()[1])
        assert.are.equal("shop.get_metadata shop.list", questions())
        refused("not allowed to call shop.buy", proxy.buy, proxy, "bike")
        assert.are.equal("shop.buy", questions())
        assert.are.equal("chair", proxy:list()[2])
        local known <close> = open { handshake = SECRET }
        assert.are.equal("a bike", known:buy "bike")
      end)

      it("is asked for attributes twice: before their names are read, and then", function()
        local proxy <close> = open()
        assert.are.equal(7, proxy.price)
        assert.are.equal("shop.get_metadata shop.__getattr__ shop.price", questions())
        proxy.price = 8
        assert.are.equal("shop.__setattr__ shop.price", questions())
        refused("not allowed to call shop.cost", function()
          return proxy.cost
        end)
        refused("not allowed to call shop.cost", function()
          proxy.cost = 1
        end)
        assert.are.equal(8, shop.price)
        assert.are.equal(3, shop.cost)
      end)

      it("is asked for each entry of a batch, until one is refused", function()
        local proxy <close> = open()
        local batch = pyro.batch(proxy)
        batch:list()
        batch:buy "bike"
        batch:list()
        local results, first = batch(), nil
        refused("not allowed to call shop.buy", function()
          for result in results do
            first = first or result
          end
        end)
        assert.are.equal("bike", first[1])
        assert.are.equal("shop.get_metadata shop.get_metadata shop.list shop.buy", questions())
      end)

      it("is asked for the items of a stream as for the method that made it", function()
        local proxy <close> = open()
        local sum = 0
        for item in proxy:items() do
          sum = sum + item
        end
        assert.are.equal(3, sum)
        assert.matches("^shop.get_metadata shop.items shop.items shop.items shop.items",
          questions())
      end)

      it("is asked for oneway calls, which else do not run", function()
        local proxy <close> = open()
        shop.boom = true
        proxy:note()
        proxy:list()
        assert.is_true(served.soon(function()
          return questions():find "shop.note" or #asked == 0
        end))
        assert.is_nil(shop.noted)
        shop.boom = nil
        proxy:note()
        assert.is_true(served.soon(function()
          return shop.noted
        end))
      end)

      it("is asked for what Pyro.Daemon does", function()
        local proxy <close> = pyro.Proxy("PYRO:Pyro.Daemon@" .. daemon.locationStr)
        proxy:ping()
        assert.are.equal("Pyro.Daemon.get_metadata Pyro.Daemon.ping", questions())
        assert.truthy(proxy:get_metadata "shop")
        assert.are.equal("shop.get_metadata", questions())
        local batch = pyro.batch(proxy)
        batch:ping()
        batch:boom()
        local results = batch()
        assert.are.equal(pyro.null, results())
        assert.are.equal("ValueError: boom", tostring(served.failure(results)))
        assert.are.equal("Pyro.Daemon.get_metadata Pyro.Daemon.ping Pyro.Daemon.boom", questions())
      end)

      it("refuses a client that may not know the object's members", function()
        function daemon:authorize(_, object, method) -- luacheck: ignore self
          return object ~= "shop" or method ~= "get_metadata"
        end
        local err = served.failure(function()
          return open():list()
        end)
        assert.are.equal("CommunicationError", err.class)
        assert.matches("rejected: not allowed to call shop.get_metadata$", err.message)
      end)
    end)
  end

  it("may raise an error, which the client gets", function()
    function daemon:authorize(_, _, method) -- luacheck: ignore self
      if method == "list" then
        error(pyro.ValueError "not on sundays")
      end
      return true
    end
    local proxy <close> = open()
    assert.are.equal("ValueError: not on sundays", tostring(served.failure(proxy.list, proxy)))
    assert.are.equal("a bike", proxy:buy "bike")
  end)

  it("refuses where it returns nothing", function()
    local proxy <close> = open()
    proxy:_pyroBind()
    function daemon:authorize() end -- luacheck: ignore self
    refused("not allowed to call shop.list", proxy.list, proxy)
  end)

  it("sees the call in the context", function()
    local client, seen
    function daemon:authorize(connection, _, method) -- luacheck: ignore self
      client = connection
      seen = method == "list" and pyro.current_context.client
      return true
    end
    local proxy <close> = open()
    proxy:list()
    assert.are.equal(client, seen)
    assert.matches("^127.0.0.1:", client.address)
    assert.are.equal("hello", client.handshake)
    assert.is_false(client.hmac)
    assert.is_nil(client.subject)
  end)

  it("goes with validateHandshake(), which comes first", function()
    function daemon:validateHandshake(_, data) -- luacheck: ignore self
      asked[#asked + 1] = "validated"
      if data ~= SECRET then
        error(pyro.ValueError "wrong")
      end
      return "welcome"
    end
    local proxy <close> = open { handshake = SECRET }
    proxy:list()
    assert.are.equal("validated shop.get_metadata shop.list", questions())
    assert.matches("rejected: wrong$", served.failure(function()
      return open():list()
    end).message)
  end)

  it("gets handshake data of any kind, if they are short", function()
    local data
    function daemon:authorize(connection) -- luacheck: ignore self
      data = connection.handshake
      return true
    end
    local ids = {}
    for i = 1, 200 do
      ids[i] = i
    end
    local proxy <close> = open { handshake = { user = "joe", ids = ids } }
    proxy:list()
    assert.are.equal("joe", data.user)
    assert.are.equal(200, data.ids[200])
    local err = served.failure(function()
      return open { handshake = ("x"):rep(4097) }:list()
    end)
    assert.matches("rejected: handshake data of more than 4096 bytes$", err.message)
  end)

  it("may close the daemon, or the connection", function()
    local proxy <close> = open()
    proxy:_pyroBind()
    function daemon:authorize(connection) -- luacheck: ignore self
      connection:close()
      return true
    end
    assert.are.equal("ConnectionClosedError", served.failure(proxy.list, proxy).class)
    function daemon:authorize()
      self:close()
      return true
    end
    assert.are.equal("CommunicationError", served.failure(function()
      proxy:list()
    end).class)
    assert.is_true(daemon.closed)
  end)

  it("is no failure of a method", function()
    local told = 0
    function daemon:methodcall_error_handler() -- luacheck: ignore self
      told = told + 1
    end
    local proxy <close> = open()
    refused("not allowed to call shop.buy", proxy.buy, proxy, "bike")
    local batch = pyro.batch(proxy)
    batch:buy "bike"
    refused("not allowed to call shop.buy", batch())
    core.sleep(0.01)
    assert.are.equal(0, told)
  end)

  it("must be a function", function()
    assert.has_error(function()
      daemon.authorize = "yes"
    end, "authorize must be a function, got string")
  end)

  it("is logged where it refuses", function()
    local proxy <close> = open()
    pcall(proxy.buy, proxy, "bike")
    assert.are.equal(1, guarded.logged("127.0.0.1:%d+: shop.buy: PermissionError: "
      .. "not allowed to call shop.buy %[correlation_id=[%x-]+%]\n"))
    assert.are.equal(1, guarded.logged "\n")
  end)
end)
