--- The HTTP gateway, when servers tell strange things of their objects.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local NAME_SERVER = [[
  local daemon = pyro.Daemon { host = "localhost", port = 0 }
  local NameServer, bytes, uri = {}, pyro.bytes "\xff", "PYRO:x@localhost:1"
  function NameServer:ping() end
  function NameServer:list(return_metadata)
    return pyro.dict { ["http.usual"] = { uri, { "tag" } },
      ["http.tagged"] = { uri, { bytes, ("t"):rep(300) } },
      ["http.timeless"] = { uri, {} }, ["http.nowhere"] = { bytes, 1 }, [1] = { uri, {} }, [bytes] = { uri, {} },
      ["http." .. ("x"):rep(300)] = { uri, {} } }
  end
  function NameServer:leases()
    return { ["http.timeless"] = { bytes, 0 / 0, 1 / 0 } }
  end
  print("PORT " .. daemon:register(NameServer, "Pyro.NameServer").port)
  daemon:requestLoop()
]]

describe("The HTTP gateway, among hostile servers,", function()
  local port, peer

  --- Opens the events of the page, without chunks.
  local function watch()
    local opened = raw.connect(port)
    opened:send "GET /overview/events HTTP/1.0\r\nHost: localhost\r\n\r\n"
    return opened
  end

  setup(function()
    local _, names = peers.name_server "Lua"
    peers.start("Pyro4", { "spec/interop/python/hostile_objects.py", env = names }):expect "READY"
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names })
    port = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
    peer = watch()
  end)

  teardown(process.stop_all)

  --- Waits until the page is told what a pattern matches.
  local function expect(pattern)
    http.expect(peer, pattern)
  end

  --- Returns what somebody is told who opens the page now.
  local function first_look()
    local other = watch()
    http.expect(other, "data: [^\n]*\n\n")
    other:close()
    return other.received:match "data: ([^\n]*)\n\n"
  end

  it("shows all objects though one fails with a long reason", function()
    expect '"reason": "x'
    assert.equal(("é"):rep(149), peer.received:match '"reason": "x([^"]*)"')
    expect '"http.usual": %b{}'
  end)

  it("leaves out what was counted, where that is too much", function()
    expect '"http.wordy": %b{}'
    assert.is_nil(peer.received:find("mmm", 1, true))
  end)

  it("tells no more than the page reads, though many tell much", function()
    local look
    assert(process.run_until(function()
      look = first_look()
      return select(2, look:gsub('"health": "up"', "")) >= 43 -- the 40 of the crowd, and three others
    end))
    assert.is_true(#look > 2 * 1024 * 1024 and #look < 4 * 1024 * 1024)
    assert.matches('"health": "up"', look:match '"http.usual": (%b{})', 1, true)
  end)

  it("refuses long names", function()
    expect '"http.long": {[^}]*"malformed statistics"'
  end)

  it("refuses statistics that make no sense, of servers that are up, and asks them no more", function()
    for i = 0, 18 do
      expect(('"http.liar%d": {[^}]*"malformed statistics"'):format(i))
    end
    for i = 0, 4 do
      expect(('"http.teller%d": {[^}]*"malformed statistics"'):format(i))
    end
    expect '"http.teller5": {[^}]*"tally"'
    expect '"http.many": {[^}]*"malformed statistics"'
    assert.matches('"health": "up"', peer.received:match '"http.many": ({[^}]*"malformed[^}]*})', 1, true)
    http.expect(peer, "\ndata: .-\ndata: .-\ndata: ", #peer.received)
    assert.equal("1", http.ask(port, { "/pyro/http.many/times_asked" }).body)
    assert.is_nil(peer.received:find("[nN]a[nN]", 1))
  end)

  it("adds counts up as far as JavaScript can count", function()
    expect '"http.full": {.-"calls": 9007199254740992.-"http'
    assert.is_nil(peer.received:find("%-%d%d%d"))
  end)

  it("keeps few of the errors of one object", function()
    expect '"object": "http.failing"'
    expect '"object": "http.failing".-\ndata: .-"object": "http.failing"'
    for event in peer.received:gmatch "data: ([^\n]*)" do
      assert.is_true(select(2, event:gsub('"object": "http.failing"', "")) <= 20)
    end
  end)

  it("remembers not too much of an object, and what it knows of its methods only", function()
    local answer = http.ask(port, { "/overview/object?name=http.talkative" })
    assert.equal(200, answer.status)
    assert.is_true(#answer.body > 500 * 1024 and #answer.body < 600 * 1024)
    assert.matches('"parameters": {[^}]*"m0": %["x"%]', answer.body)
    assert.is_nil(answer.body:find("nnn", 1, true) or answer.body:find('"o1"', 1, true))
  end)

  it("tells of members what it understands, and of nothing else", function()
    local answer = http.ask(port, { "/overview/object?name=http.lying" })
    assert.equal(200, answer.status)
    assert.matches('"docs": {"hello": "Says it."}', answer.body, 1, true)
    assert.matches('"parameters": {"fail": ["why"]}', answer.body, 1, true)
  end)
end)

describe("The HTTP gateway, with a name server of strange names,", function()
  teardown(process.stop_all)

  it("shows what can be shown", function()
    local names = peers.start("Lua", { "-e", NAME_SERVER }):expect "PORT (%d+)\n"
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0",
      env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = names } })
    local port = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
    local peer = http.send(port, { "/overview/events" })
    http.expect(peer, '"names": %["http.nowhere", "http.tagged", "http.timeless", "http.usual"%]')
    http.expect(peer, '"http.tagged": {[^}]*"tags": %[%]')
    http.expect(peer, '"http.usual": {[^}]*"tags": %["tag"%]')
    http.expect(peer, '"time"', #peer.received)
    assert.equal(200, http.ask(port, { "/pyro/openapi.json" }).status)
    assert.is_nil(peer.received:find "NaN" or peer.received:find "Infinity")
    peer:close()
  end)
end)
