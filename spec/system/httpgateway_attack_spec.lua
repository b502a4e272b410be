--- The HTTP gateway against clients, pages and objects that mean harm.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local raw = require "spec.support.raw"

local SERVER = [[
  local daemon = pyro.Daemon {}
  local Shop = { made = 0, waiting = 0, touched = "no" }
  function Shop:echo(value) return value end
  function Shop:kind(value) return type(value) end
  function Shop:touch() self.touched = "yes" end
  function Shop:state() return self.touched end
  function Shop:_secret() self.touched = "yes" end
  function Shop:huge() return ("h"):rep(16 * 1024 * 1024) end
  function Shop:flood() return function() self.made = self.made + 1 return ("i"):rep(65536) end end
  function Shop:count() return self.made end
  function Shop:hold(value) self.gate = self.gate or pyro.event() self.gate:wait() end
  function Shop:go_on() self.gate:set() end
  function Shop:wait() self.waiting = self.waiting + 1 pyro.sleep(3600) end
  function Shop:waiters() return self.waiting end
  function Shop:markup() return "</script><script>alert(1)</script>\r\n\r\nSet-Cookie: a=b" end
  function Shop:fail() error(pyro.ValueError "<script>\r\nX-Evil: 1\r\n\r\n</script>") end
  local ns = pyro.locateNS()
  ns:register("http.shop", daemon:register(Shop))
  ns:register("http.liar", "PYRO:liar@localhost:%d")
  print "READY"
  daemon:requestLoop()
]]

local JSON = { ["Content-Type"] = "application/json" }

describe("The HTTP gateway, attacked", function()
  local port, names, opened

  --- Starts a gateway; returns its port.
  local function start(...)
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names, ... })
    return tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
  end

  setup(function()
    local _
    _, names = peers.name_server "Lua"
    local liar = raw.serve { ("\0"):rep(1000) }
    peers.start("Lua", { "-e", SERVER:format(liar), env = names }):expect "READY"
    port = start()
  end)

  teardown(process.stop_all)

  before_each(function()
    opened = {}
  end)

  after_each(function()
    for _, peer in ipairs(opened) do
      peer:close()
    end
  end)

  local function ask(path, headers, body)
    return http.ask(port, { path, headers = headers, body = body })
  end

  local function call(method)
    return ask("/pyro/http.shop/" .. method)
  end

  --- Keeps a connection open.
  local function keep(peer)
    opened[#opened + 1] = peer
    return peer
  end

  --- Sends bytes as they are; returns the status of the answer.
  local function status_of(text)
    local peer = raw.connect(port)
    peer:send(text)
    return http.receive(peer).status
  end

  it("refuses what is too much", function()
    local function asked(target, headers)
      return status_of(("GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"):format(target, headers or ""))
    end
    assert.equal(414, asked("/pyro/http.shop/echo?value=" .. ("a"):rep(15000)))
    assert.equal(414, asked("/pyro/http.shop/echo?value=" .. ("a"):rep(100000)))
    assert.equal(414, asked("/pyro/http.shop/echo?" .. ("&a=1"):rep(1000)))
    assert.equal(431, asked("/pyro/http.shop/echo", "X: " .. ("a"):rep(100000) .. "\r\n"))
    assert.equal(431, asked("/pyro/http.shop/echo", ("X: a\r\n"):rep(1000)))
    local post = "POST /pyro/http.shop/touch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    assert.equal(413, status_of(post .. "Content-Length: 99999999999999\r\n\r\n"))
    assert.equal(413, status_of(post .. "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      .. ("10000\r\n" .. (" "):rep(65536) .. "\r\n"):rep(20) .. "0\r\n\r\n"))
    assert.equal('"no"', call "state".body)
  end)

  it("refuses requests that another program may take for more than one", function()
    local hidden = "GET /pyro/http.shop/touch HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for headers, body in pairs {
      ["Content-Length: 0\r\nContent-Length: 5\r\n"] = "",
      ["Content-Length: 5\r\nContent-Length: 5\r\n"] = "0\r\n\r\n",
      ["Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"] = "0\r\n\r\n",
      ["Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"] = "0\r\n\r\n",
      ["Transfer-Encoding: chunked, identity\r\n"] = "0\r\n\r\n",
      ["Transfer-Encoding: identity\r\n"] = "",
      ["Transfer-Encoding : chunked\r\n"] = "0\r\n\r\n",
      ["Content-Length\t: 5\r\n"] = "",
      ["Content-Length:\r\n 47\r\n"] = "",
      ["Content-Length: 4\r\n 7\r\n"] = "",
      ["Transfer-Encoding: \r\n\tchunked\r\n"] = "",
      ["Host: localhost\r\n"] = "",
    } do
      assert.equal(400, status_of("POST /pyro/http.shop/state HTTP/1.1\r\nHost: localhost\r\n" .. headers .. "\r\n"
        .. body .. hidden), headers)
    end
    assert.equal('"no"', call "state".body)
  end)

  it("reads JSON that is made to exhaust it", function()
    local million = 1000000
    local function numbers(form, count)
      local list = {}
      for i = 1, count do
        list[i] = form:format(i)
      end
      return table.concat(list, ",")
    end
    for status, bodies in pairs {
      [200] = {
        '{"value": 1.' .. ("9"):rep(million) .. "}",
        '{"value": {"$dict": [' .. numbers("[%d, 1]", 50000) .. "]}}",
        '{"value": {"$set": [' .. numbers("%d.5e300", 50000) .. "]}}",
        '{"value": {' .. numbers('"%d": 1', 50000) .. "}}",
        "{" .. numbers('"a%d": 1', 50000) .. "}",
        "[[" .. ("[],"):rep(million // 4) .. "1]]",
      },
      [400] = {
        ("["):rep(million),
        ('{"value": '):rep(million // 10),
        '{"value": {"$set": [' .. ('{"$tuple": ['):rep(600) .. ("]}"):rep(600) .. "]}}",
        '{"value": ' .. ("9"):rep(million) .. "}",
        '{"value": {"$int": "' .. ("9"):rep(million) .. '"}}',
      },
      [500] = {
        "[" .. ("{},"):rep(million // 4) .. "1]",
        "[" .. ("1,"):rep(million // 2 - 2) .. "1]",
      },
    } do
      for _, body in ipairs(bodies) do
        local answer = ask("/pyro/http.shop/kind", JSON, body)
        assert.equal(status, answer.status, body:sub(1, 30) .. answer.body:sub(1, 200))
      end
    end
  end)

  it("reads few large bodies at once", function()
    local body = '{"value": [' .. ("[],"):rep(300000) .. "1]}"
    local answered, refused = 0, 0
    local function count()
      answered, refused = 0, 0
      for _, peer in ipairs(opened) do
        answered = answered + (peer.received:find "^HTTP/1.1 200" and 1 or 0)
        refused = refused + (peer.received:find "^HTTP/1.1 503" and 1 or 0)
      end
      return answered + refused
    end
    for _ = 1, 30 do
      keep(http.send(port, { "/pyro/http.shop/hold", headers = JSON, body = body }))
    end
    assert.is_true(process.run_until(function()
      return count() >= 30 - 4
    end))
    assert.equal(0, answered)
    assert.equal('"no"', call "state".body)
    assert.equal(200, ask("/pyro/http.shop/kind", JSON, '{"value": "' .. ("x"):rep(4000) .. '"}').status)
    for _, peer in ipairs(opened) do
      peer:close()
    end
    call "go_on"
    assert.is_true(process.run_until(function()
      return ask("/pyro/http.shop/kind", JSON, body).status == 200
    end))
  end)

  --- Sends a body of a million bytes, but for its end.
  local function begin_body(at, from)
    local peer = keep(raw.connect(at, from))
    peer:send("POST /pyro/http.shop/kind HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      .. "Connection: close\r\nContent-Length: 1000000\r\n\r\n" .. '{"value": "' .. ("x"):rep(1000000 - 14) .. '"')
    return peer
  end

  --- Sends the ends of bodies; returns how many are answered, by status.
  local function end_bodies(peers_of_bodies)
    local statuses = {}
    for _, peer in ipairs(peers_of_bodies) do
      peer:send " }"
    end
    for _, peer in ipairs(peers_of_bodies) do
      local status = http.receive(peer).status
      statuses[status] = (statuses[status] or 0) + 1
    end
    return statuses
  end

  it("holds few large bodies that come in", function()
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names })
    local other = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
    local function memory()
      local status <close> = assert(io.open(("/proc/%d/status"):format(gateway.pid)))
      return tonumber(status:read("a"):match "VmRSS:%s*(%d+) kB")
    end
    local before, slow, held = memory(), {}, nil
    for i = 1, 90 do
      slow[i] = begin_body(other)
    end
    assert.is_true(process.run_until(function()
      local last = held
      assert.equal(200, http.ask(other, { "/pyro/http.shop/kind", headers = JSON, body = '{"value": 1}' }).status)
      held = memory()
      return held == last
    end))
    assert(held - before < 20 * 1024, ("%d KiB are held"):format(held - before))
    assert.same({ [200] = 1 }, end_bodies { begin_body(other, "127.0.0.2") })
    assert.same({ [200] = 4, [503] = 86 }, end_bodies(slow))
    assert.same({ [200] = 1 }, end_bodies { begin_body(other) })
  end)

  it("makes nothing but values of JSON", function()
    for _, class in ipairs { "os.system", "Pyro.Daemon", "builtins.object", "Shop" } do
      local answer = ask("/pyro/http.shop/echo", JSON, ('{"value": {"__class__": "%s", "a": 1}}'):format(class))
      assert.equal(400, answer.status)
      assert.equal("400 Bad Request - unsupported serialized class: " .. class, answer.body)
    end
  end)

  it("calls nothing private, whatever it is written like", function()
    for _, member in ipairs { "_secret", "%5fsecret", "%5Fsecret", "__getattr__?name=_secret", "__setattr__",
      "__dict__", "_pyroInvoke", "_pyroRelease", "get_next_stream_item", "touch%20", "touch/", "../touch" } do
      local answer = call(member)
      assert.is_true(answer.status >= 400, member)
      assert.equal('"no"', call "state".body)
    end
    assert.equal(500, ask("/pyro/http.shop/echo?__class__=x").status)
  end)

  it("finds nothing by strange paths", function()
    for status, paths in pairs {
      [400] = { "/pyro/http.shop/echo%00", "/pyro/http.shop%00/echo", "/%00", "/pyro/http.shop/echo?value=%00" },
      [403] = { "/pyro/../etc/passwd", "/pyro/%2e%2e/%2e%2e/etc/passwd", "/pyro//http.shop/state",
        "/pyro/PYRO:http.shop@localhost:1/state", "/pyro/%0dhttp.shop/state" },
      [404] = { "/../../etc/passwd", "/static/../init.lua", "/static/%2e%2e%2finit.lua", "/static//etc/passwd",
        "/static/__index", "/pyro/http.shop%0d%0aX-Evil:1/state", "/pyro/http.shop%5cstate", "/pyro/%c0%ae%c0%ae/state",
        "/pyro/http.shop/%c0%afstate", "http://localhost/pyro/http.shop/state", "*" },
    } do
      for _, path in ipairs(paths) do
        local answer = ask(path)
        assert.equal(status, answer.status, path)
        assert.is_nil(answer.headers["x-evil"])
        assert.matches("^text/plain", answer.headers["content-type"] or "text/plain")
      end
    end
  end)

  it("is of no use to pages of others", function()
    local foreign = { ["http://evil.example"] = "cross-site", ["null"] = "cross-site",
      ["http://localhost:" .. port .. ".evil.example"] = "cross-site", ["https://localhost:" .. port] = "same-site" }
    local paths = { "/pyro/http.shop/touch", "/pyro/http.shop/$meta", "/pyro/openapi.json", "/overview/events",
      "/overview/object?name=http.shop" }
    for _, path in ipairs(paths) do
      for origin, site in pairs(foreign) do
        assert.equal(403, ask(path, { Origin = origin }).status, path)
        assert.equal(403, ask(path, { ["Sec-Fetch-Site"] = site }).status, path)
      end
      for _, host in ipairs { "evil.example", "evil.example:" .. port, "localhost..", "localhost@evil.example",
        "localhost, evil.example", "evil.example:localhost", "localhost:80:evil.example" } do
        local answer = ask(path, { Host = host, Origin = "http://" .. host, ["Sec-Fetch-Site"] = "same-origin" })
        assert.equal(421, answer.status, host)
        assert.is_nil(answer.headers["access-control-allow-origin"])
      end
    end
    for _, kind in ipairs { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x" } do
      assert.equal(403, ask("/pyro/http.shop/touch", { Origin = "http://evil.example", ["Content-Type"] = kind },
        "value=1").status)
    end
    assert.equal('"no"', call "state".body)
  end)

  it("is of no use to pages of others in browsers that do not mark requests", function()
    local browser, locked = "Mozilla/5.0 (X11; Linux x86_64)", start("-g", "sesame")
    local function status(at, path, headers)
      headers["User-Agent"] = browser
      return http.ask(at, { path, headers = headers }).status
    end
    for _, path in ipairs { "/pyro/http.shop/touch", "/pyro/http.shop/$meta", "/overview/object?name=http.shop" } do
      for _, page in ipairs { false, "http://evil.example/", "http://localhost:" .. port .. ".evil.example/",
        "http://localhost:" .. port, "http://localhost/" } do
        assert.equal(403, status(port, path, { Referer = page }), path)
      end
    end
    assert.equal('"no"', call "state".body)
    assert.equal(200, status(port, "/pyro/", { Referer = "http://evil.example/" }))
    assert.equal(200, status(port, "/pyro/http.shop/state", { ["Sec-Fetch-Site"] = "none" }))
    assert.equal(200, status(port, "/pyro/http.shop/state", { Origin = "http://localhost:" .. port }))
    assert.equal(200, status(port, "/pyro/http.shop/state", { Referer = "http://localhost:" .. port .. "/pyro/" }))
    assert.equal(200, status(locked, "/pyro/http.shop/state?$key=sesame", {}))
  end)

  it("passes on what objects say as data only", function()
    for _, method in ipairs { "markup", "fail", "echo?value=%0d%0aX-Evil:%201%0d%0a%0d%0a<script>", "%3cscript%3e" } do
      local answer = call(method)
      assert.equal("application/json; charset=utf-8", answer.headers["content-type"])
      assert.equal("nosniff", answer.headers["x-content-type-options"])
      assert.is_nil(answer.headers["set-cookie"] or answer.headers["x-evil"])
      assert.is_nil(answer.body:find("[\r\n]"), answer.body)
    end
    for _, header in ipairs { "X-Pyro-Correlation-Id", "Origin", "Host" } do
      local answer = ask("/pyro/http.shop/<script>", { [header] = "<script>" })
      assert.equal("nosniff", answer.headers["x-content-type-options"])
      assert.is_nil((answer.headers["content-type"]:find("html", 1, true)))
    end
  end)

  it("tells of objects that do not speak Pyro", function()
    local answer = ask "/pyro/http.liar/hello"
    assert.equal(500, answer.status)
    assert.matches('"__class__": "Pyro%d%.errors%.%w+Error"', answer.body)
  end)

  it("waits for slow requests, and for who reads no answers, without anybody else", function()
    local half = "POST /pyro/http.shop/touch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    for i = 1, 30 do
      keep(raw.connect(port)):send(i % 2 == 0 and half .. ("x"):rep(900000) or "GET /pyro/")
    end
    for _ = 1, 18 do -- more answers than the gateway keeps for all
      keep(http.send(port, { "/pyro/http.shop/flood" })):pause()
      keep(http.send(port, { "/pyro/http.shop/huge" })):pause()
    end
    local made
    assert.is_true(process.run_until(function()
      local before = made
      made = tonumber(call "count".body)
      return made > 0 and made == before
    end))
    for _, peer in ipairs(opened) do
      peer:close()
    end
    assert.is_true(process.run_until(function()
      return call "huge".status == 200
    end))
    assert.equal(made, tonumber(call "count".body))
  end)

  --- Connects until a connection is closed; returns how many were not.
  local function connect_many(at, from)
    local count = 0
    repeat
      local peer = keep(raw.connect(at, from))
      peer:send "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
      assert.is_truthy(process.run_until(function()
        return peer.received ~= "" or peer.closed
      end))
      count = count + (peer.closed and 0 or 1)
    until peer.closed
    return count
  end

  it("has few connections of a client, which takes none away from others", function()
    assert.equal(100, connect_many(port))
    local peer = keep(raw.connect(port, "127.0.0.2"))
    peer:send "GET /pyro/http.shop/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert.equal('"no"', http.receive(peer).body)
  end)

  it("forgets clients that vanish while they wait for a call", function()
    local other = start("--client-connections", "3")
    for i = 1, 3 do
      keep(http.send(other, { "/pyro/http.shop/wait" }))
      assert(process.run_until(function()
        return call "waiters".body == tostring(i)
      end))
    end
    for _, peer in ipairs(opened) do
      peer:close()
    end
    assert.is_truthy(process.run_until(function()
      local peer = http.send(other, { "/pyro/http.shop/state" })
      assert(peer:wait_closed())
      peer:close()
      return peer.received:find '"no"'
    end))
  end)

  it("has as many connections as it is told to have", function()
    local other = start("--connections", "5", "--client-connections", "3")
    assert.equal(3, connect_many(other))
    assert.equal(2, connect_many(other, "127.0.0.2"))
  end)
end)
