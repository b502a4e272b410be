--- The connections to objects that clients of the HTTP gateway share.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

--- A program with a gateway that it soon closes.
local CLOSING = [[
  local gateway = require "pyro.gateway".start { port = 0 }
  print("at " .. gateway.port .. ".")
  pyro.sleep(0.5)
  gateway:close()
  pyro.event():wait()
  gateway:close()
]]

local SERVER = [[
  local daemon = pyro.Daemon {}
  local Shop = { sessions = 0, ended = 0, waited = 0 }

  function Shop:wait(seconds)
    self.waited = self.waited + 1
    pyro.sleep(tonumber(seconds))
    return "waited"
  end

  function Shop:quick() return "quick" end

  --- Tells which connection has brought the call.
  function Shop:via() return pyro.current_context.client_sock_addr end

  --- A number, or numbers one by one.
  function Shop:numbers(many)
    return not many and 1 or coroutine.wrap(function()
      for i = 1, 1000 do
        coroutine.yield(i)
        pyro.sleep(0.01)
      end
    end)
  end

  --- Numbers that are long in coming.
  function Shop:late_numbers()
    pyro.sleep(1.5)
    return self:numbers(true)
  end

  function Shop:handshakes() return self.sessions end

  function Shop:open() return self.sessions - self.ended end

  function Shop:waits() return self.waited end

  --- Refuses connections for a while.
  function Shop:refuse(seconds)
    self.refuses = true
    pyro.spawn(function()
      pyro.sleep(tonumber(seconds))
      self.refuses = false
    end)
  end

  function daemon:validateHandshake()
    Shop.sessions = Shop.sessions + 1
    if Shop.refuses then -- as Pyro's servers do that lack threads, but slowly
      pyro.sleep(0.2)
      error "no free workers"
    end
    return "welcome"
  end

  function daemon:clientDisconnect() Shop.ended = Shop.ended + 1 end

  local ns = pyro.locateNS()
  ns:register("http.shop", daemon:register(Shop))
  ns:register("http.other", daemon:register { quick = Shop.quick })
  print "READY"
  daemon:requestLoop()
]]

describe("The HTTP gateway", function()
  local names, server, gateway, port

  --- Starts a gateway; returns its port and process.
  local function start(...)
    local program = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names, ... })
    return tonumber(program:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n"), program
  end

  before_each(function()
    local _
    _, names = peers.name_server "Lua"
    local own = { PYROLUA_MAX_MESSAGE_SIZE = "5000", PYRO_NS_HOST = names.PYRO_NS_HOST,
      PYRO_NS_PORT = names.PYRO_NS_PORT }
    server = peers.start("Lua", { "-e", SERVER, env = own })
    server:expect "READY"
    port, gateway = start()
  end)

  after_each(process.stop_all)

  local function ask(path)
    return http.ask(port, { "/pyro/http.shop/" .. path })
  end

  local function send(path)
    return http.send(port, { "/pyro/http.shop/" .. path })
  end

  --- Sends requests that the gateway finds all at once; returns their connections.
  local function send_together(paths)
    local requests = {}
    for i, path in ipairs(paths) do
      requests[i] = { "/pyro/http.shop/" .. path }
    end
    return http.send_together(gateway, port, requests)
  end

  --- Lets the gateway know that methods are quick, if the machine is.
  local function prove(...)
    for _, path in ipairs { ... } do
      for _ = 1, 100 do
        assert.equal(200, ask(path).status)
      end
    end
  end

  --- Returns how many connections have received what a pattern matches.
  local function count_received(sent, pattern)
    local found = 0
    for _, peer in ipairs(sent) do
      found = found + (peer.received:find(pattern) and 1 or 0)
    end
    return found
  end

  --- Returns how many connections 20 calls took that came together.
  local function count_links()
    local paths, links, count = {}, {}, 0
    for i = 1, 20 do
      paths[i] = "via"
    end
    server:kill "sigstop"
    local sent = send_together(paths)
    process.sleep(0.2) -- until they wait for the server
    server:kill "sigcont"
    for _, peer in ipairs(sent) do
      local link = http.receive(peer).body
      count = count + (links[link] and 0 or 1)
      links[link] = true
    end
    return count
  end

  it("shares connections", function()
    local before = tonumber(ask("handshakes").body)
    for _ = 1, 20 do
      assert.equal('"quick"', ask("quick").body)
    end
    assert.equal(before, tonumber(ask("handshakes").body))
  end)

  it("lets nobody wait for a slow call of somebody else", function()
    local slow = {}
    for i = 1, 8 do
      slow[i] = send "wait?seconds=1.5"
    end
    for _ = 1, 5 do
      assert.equal('"quick"', ask("quick").body)
      assert.equal('"quick"', http.ask(port, { "/pyro/http.other/quick" }).body)
    end
    for _, peer in ipairs(slow) do
      assert.equal("", peer.received)
    end
    for _, peer in ipairs(slow) do
      assert.equal('"waited"', http.receive(peer).body)
    end
  end)

  it("lets only callers of an object wait that is busy", function()
    local slow = {}
    for i = 1, 40 do -- it makes 32 connections to an object
      slow[i] = send "wait?seconds=1.5"
    end
    assert.equal('"quick"', http.ask(port, { "/pyro/http.other/quick" }).body)
    for _, peer in ipairs(slow) do
      assert.equal("", peer.received)
    end
    assert.equal('"quick"', ask("quick").body)
    for _, peer in ipairs(slow) do
      assert.equal('"waited"', http.receive(peer).body)
    end
  end)

  it("has 32 connections to an object, for which 200 callers wait", function()
    local many = start("--client-connections", "300")
    local before = tonumber(ask("handshakes").body)
    server:kill "sigstop"
    local sent, counts = {}, { [200] = 0, [503] = 0 }
    for i = 1, 240 do
      sent[i] = http.send(many, { "/pyro/http.shop/via" })
    end
    process.run_until(function()
      return count_received(sent, "^HTTP/1.1 503 ") == 8
    end)
    server:kill "sigcont"
    for _, peer in ipairs(sent) do
      local answer = http.receive(peer)
      counts[answer.status] = counts[answer.status] + 1
      assert.is_true(answer.status == 200 or answer.body:find("too many wait for this object", 1, true) ~= nil)
    end
    assert.same({ [200] = 232, [503] = 8 }, counts)
    assert.equal(before + 32, tonumber(ask("handshakes").body))
  end)

  it("lets calls of quick methods go together", function()
    assert.is_true(count_links() > 5)
    assert.is_true(process.eventually(function() -- not while the machine is slow
      prove "via"
      return count_links() <= 5
    end))
  end)

  it("lets nobody join a call that is slow for once", function()
    prove("wait?seconds=0", "via")
    local slow = send "wait?seconds=1.5"
    process.sleep(0.05)
    for _ = 1, 5 do
      assert.equal(200, ask("via").status)
    end
    assert.equal("", slow.received)
    assert.equal('"waited"', http.receive(slow).body)
  end)

  it("lets slow methods go alone", function()
    prove("via", "wait?seconds=0")
    assert.equal('"waited"', ask("wait?seconds=0.05").body)
    local sent = send_together { "via", "wait?seconds=1.5", "via", "wait?seconds=1.5", "via" }
    for i = 1, 5, 2 do
      assert.equal(200, http.receive(sent[i]).status)
    end
    assert.equal("", sent[2].received .. sent[4].received)
    assert.equal('"waited"', http.receive(sent[2]).body)
    assert.equal('"waited"', http.receive(sent[4]).body)
  end)

  it("lets nobody go together with a call that the server refuses for its size", function()
    local large = { "/pyro/http.shop/quick", body = '["' .. ("x"):rep(6000) .. '"]',
      headers = { ["Content-Type"] = "application/json" } }
    local others = process.start { "curl", "-s", "--parallel", "--parallel-max", "16", "-o", "/dev/null", "-w",
      "%{http_code}\n", ("http://localhost:%d/pyro/http.shop/quick?[1-10000]"):format(port) }
    while not others.code do
      process.sleep(0.03) -- until the method is known to be quick
      assert.equal(500, http.ask(port, large).status)
    end
    others:wait()
    assert.equal(("200\n"):rep(10000), others.out)
  end)

  it("answers all who go together with a stream that ends", function()
    prove("numbers", "wait?seconds=0")
    local sent = send_together { "numbers?many=1", "wait?seconds=0.5" }
    http.expect(sent[1], "200 OK")
    sent[1]:reset()
    assert.equal('"waited"', http.receive(sent[2]).body)
  end)

  it("lets streams go on that have begun together with one that ends", function()
    prove "numbers"
    local sent = send_together { "numbers?many=1", "numbers?many=1" }
    http.expect(sent[2], "\n5\n")
    sent[1]:reset()
    http.expect(sent[2], "\n50\n")
  end)

  it("closes the connections of streams whose clients did not wait for them", function()
    local sent = {}
    for i = 1, 5 do
      sent[i] = send "late_numbers"
    end
    process.sleep(0.2)
    for _, peer in ipairs(sent) do
      peer:reset()
    end
    assert.is_true(process.eventually(function()
      return ask("open").body == "1"
    end))
  end)

  it("gives a connection to who cannot have another, when it was given back meanwhile", function()
    http.ask(port, { "/pyro/http.other/quick" }) -- whose connection makes room, which is of no use
    ask "refuse?seconds=60"
    local first = send "wait?seconds=0.4"
    process.sleep(0.05)
    local second = send "quick"
    assert.equal('"waited"', http.receive(first).body)
    assert.equal('"quick"', http.receive(second).body)
  end)

  it("lets who cannot have a connection wait no longer than until one can be made", function()
    ask "refuse?seconds=0.5"
    local first = send "wait?seconds=10"
    process.sleep(0.05)
    assert.equal('"quick"', ask("quick").body)
    assert.equal("", first.received)
  end)

  it("calls nothing more once it is closed, and keeps no connection", function()
    local program = peers.start("Lua", { "-e", CLOSING, env = names })
    local its_port = tonumber(program:expect "at (%d+)%.")
    for _ = 1, 40 do
      http.send(its_port, { "/pyro/http.shop/wait?seconds=1" })
    end
    process.sleep(1.5)
    assert.is_true(process.eventually(function()
      return ask("open").body == "1"
    end))
    assert.equal("32", ask("waits").body)
  end)

  it("tells all who go together that the server has gone", function()
    prove "via"
    server:kill "sigstop"
    local sent = send_together { "via", "via", "via" }
    process.sleep(0.1)
    server:kill "sigkill"
    for _, peer in ipairs(sent) do
      local answer = http.receive(peer)
      assert.equal(500, answer.status)
      assert.matches("ConnectionClosedError", answer.body, 1, true)
    end
    assert.equal(500, ask("via").status)
  end)
end)
