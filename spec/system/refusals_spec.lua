--- Connections that a daemon refuses or cuts off: who is, and that a log does not fill with them. How long a
--- message may take is tested with a fake clock, in spec/unit/rpc_daemon_test.c.
local process = require "spec.support.process"
local raw = require "spec.support.raw"
local uv = require "luv"

local SERVER = [[
  local target = {}
  function target:echo(value) return value end
  local daemon = pyro.Daemon {}
  local uri = daemon:register(target, "target")
  pyro.spawn(print, "PORT", uri.port)
  daemon:requestLoop()
  daemon:close()
]]

local function start(settings, before)
  local words = process.pyrolua()
  for _, word in ipairs { "-e", SERVER } do
    words[#words + 1] = ("'%s'"):format(word)
  end
  local env = { PYROLUA_LOGLEVEL = "WARNING", PYROLUA_LOGFILE = "{stderr}" }
  for name, value in pairs(settings or {}) do
    env["PYROLUA_" .. name] = value
  end
  local server = process.start { "sh", "-c", (before or "") .. "exec " .. table.concat(words, " "), env = env }
  server.since = uv.hrtime()
  return server, tonumber((server:expect "PORT\t(%d+)"))
end

local BURST = 20 -- lines of a kind that are logged in a second

--- Ends the server. Its log has a few lines with a pattern; they and those that were left out are so many in all, or
--- some more, as a connection may come too early.
local function assert_logged(server, all, pattern, omitted)
  server:kill "sigterm"
  server:wait()
  local _, lines = server.err:gsub("[^\n]*" .. pattern .. "[^\n]*\n", "")
  local told, few = lines, BURST * (1 + (uv.hrtime() - server.since) / 1e9)
  for count in server.err:gmatch("WARNING%] (%d+) more " .. omitted) do
    told = told + tonumber(count)
  end
  assert.is_true(lines > 0 and lines <= few, server.err)
  assert.is_true(told >= all and told < all + 10, server.err)
end

local function connect_many(port, count, bytes)
  local peers = {}
  for i = 1, count do
    peers[i] = raw.connect(port)
    if bytes then
      peers[i]:send(bytes)
    end
  end
  return peers
end

local function close_all(peers)
  for _, peer in ipairs(peers) do
    peer:close()
  end
end

--- Returns whether all of them are closed by the other side.
local function all_closed(peers)
  for _, peer in ipairs(peers) do
    assert(peer:wait_closed(), "a connection was not closed")
  end
  close_all(peers)
end

local function call(...)
  return raw.message(raw.INVOKE, raw.call(...))
end

local function served(port)
  local peer = raw.connect(port)
  local answer = peer:introduce "target"
  peer:close()
  return answer == "CONNECTOK"
end

describe("the log of a daemon", function()
  after_each(process.stop_all)

  it("counts connections that are closed, but still hold responses", function()
    local hoard = [[
      local hoard, large = {}, ("x"):rep(2000000)
      function hoard:large() return large end
      local daemon = pyro.Daemon {}
      function daemon:clientDisconnect() print "LEFT" end
      print("PORT", daemon:register(hoard, "hoard").port)
      daemon:requestLoop()]]
    local server = process.start_pyrolua { "-e", hoard,
      env = { PYRO_MAX_CONNECTIONS = "2", PYRO_MAX_PENDING = "100000000" } }
    local port = tonumber((server:expect "PORT\t(%d+)"))
    for _ = 1, 2 do
      local peer = raw.connect(port)
      peer:pause()
      peer:send(raw.hello "hoard" .. raw.message(raw.INVOKE, raw.call("hoard", "large")):rep(10))
      peer.tcp:shutdown()
      server:expect "LEFT\n" -- but 20 MB of responses are still to be sent
    end
    local peer = raw.connect(port)
    assert.is_truthy(peer:wait_closed())
    server:expect "connection refused: MAX_CONNECTIONS %(2%) are open\n"
  end)

  it("has some lines of connections beyond MAX_CONNECTIONS, and their number #r34", function()
    local server, port = start { MAX_CONNECTIONS = "5", HANDSHAKE_TIMEOUT = "100" }
    local first = connect_many(port, 5)
    all_closed(connect_many(port, 300))
    first[1]:close()
    assert.is_true(process.run_until(function()
      return served(port)
    end))
    close_all(first)
    assert_logged(server, 300, "connection refused: MAX_CONNECTIONS %(5%) are open",
      "connections refused, as MAX_CONNECTIONS were open\n")
  end)

  it("has some lines of strangers, and the number of the others #r34", function()
    local server, port = start()
    all_closed(connect_many(port, 200, "GET / HTTP/1.1\r\n\r\n"))
    assert_logged(server, 200, "handshake failed: ", "handshakes failed\n")
  end)

  it("has some lines of clients that send no messages, and the number of the others", function()
    local server, port = start()
    local peers = {}
    for i = 1, 40 do
      peers[i] = raw.connect(port)
      assert.are.equal("CONNECTOK", peers[i]:introduce "target")
      peers[i]:send(raw.message(raw.INVOKE, "", { checksum = 1 }))
    end
    all_closed(peers)
    assert_logged(server, 40, "connection refused: ProtocolError: ",
      "connections closed, as what came was no message\n")
  end)

  it("has some lines of those who say nothing, and the number of the others #r34", function()
    local server, port = start { HANDSHAKE_TIMEOUT = "0.2" }
    all_closed(connect_many(port, 40))
    assert_logged(server, 40, "connection closed: TimeoutError: no handshake in time",
      "connections closed, as clients were silent for too long\n")
  end)

  it("has some lines of connections for which there are no descriptors, and their number", function()
    local server, port = start({ HANDSHAKE_TIMEOUT = "100" }, "ulimit -n 64; ")
    local peers = connect_many(port, 200)
    local function count_open()
      local open = 0
      for _, peer in ipairs(peers) do
        open = open + (peer.closed and 0 or 1)
      end
      return open
    end
    process.run_until(function()
      return count_open() < 64
    end)
    local stat = "/proc/" .. server.pid .. "/stat"
    local function work()
      local file <close> = assert(io.open(stat))
      local user, system = file:read("a"):match "%) %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ (%d+) (%d+)"
      return user + system
    end
    local before = work()
    process.sleep(0.5)
    assert.is_true(work() - before < 10, "it does not rest")
    local open = count_open()
    assert.is_true(open > 30 and open < 64, open .. " are open")
    close_all(peers)
    assert.is_true(process.run_until(function()
      return served(port)
    end))
    assert_logged(server, 200 - open, "connection refused: too many open files; raise `ulimit %-n`",
      "connections refused, for lack of descriptors or memory\n")
  end)
end)

describe("a daemon with a MESSAGE_TIMEOUT", function()
  local server, port

  setup(function()
    server, port = start { MESSAGE_TIMEOUT = "1" }
  end)

  teardown(process.stop_all)

  local function introduced()
    local peer = raw.connect(port)
    assert.are.equal("CONNECTOK", peer:introduce "target")
    return peer
  end

  local LARGE = call("target", "echo", "\x91\xc6" .. (">I4"):pack(500000) .. ("x"):rep(500000))

  for name, part in pairs { ["its first byte"] = "P", ["half its header"] = LARGE:sub(1, 12),
    ["its header"] = LARGE:sub(1, 24), ["half of it"] = LARGE:sub(1, 250000),
    ["a whole one and half of the next"] = call("target", "echo", "\x91\x07") .. LARGE:sub(1, 250000) } do
    it("cuts off a client that says nothing more after " .. name, function()
      local peer = introduced()
      peer:send(part)
      assert(peer:wait_closed(), "it stays")
      server:expect "connection closed: TimeoutError: the rest of a message did not come in time"
      peer:close()
    end)
  end
end)
