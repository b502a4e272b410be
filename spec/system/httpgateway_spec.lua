--- The HTTP gateway, and what its clients get.
local certificates = require "spec.support.certificates"
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local daemon = pyro.Daemon {}
  local Shop = { motto = "cheap", told = "nothing" }
  function Shop:buy(what, number) return { what = what, number = number } end
  function Shop:echo(value) return value end
  function Shop:fail() error(pyro.KeyError "apple") end
  function Shop:tell(what) self.told = what end
  function Shop:slow() pyro.sleep(3600) end
  function Shop:pause() self.gate = pyro.event() self.gate:wait() return "went on" end
  function Shop:paused() return self.gate ~= nil end
  function Shop:go_on() self.gate:set() end
  function Shop:id() return pyro.current_context.correlation_id end
  function Shop:_secret() return "secret" end
  function Shop:bytes() return pyro.bytes "\0\xff" end
  function Shop:strange() return pyro.tuple { pyro.set { 1 }, pyro.date "2020-01-02", 0 / 0, pyro.complex(1, 2) } end
  function Shop:kind(value) return pyro.repr(value) end
  local function register(name, object)
    pyro.locateNS():register(name, daemon:register(object))
  end
  pyro.oneway(Shop, "tell")
  register("http.shop", pyro.attributes(Shop, "motto", "told"))
  register("http.a/b c", { hello = function() return "hello" end })
  register("http.trips", { ["to/from"] = function() return "both" end,
    trace = function() return pyro.current_context.traceparent end })
  register("hidden.shop", { hello = function() return "hello" end })
  pyro.locateNS():register("http.gone", "PYRO:gone@localhost:1")
  print "READY"
  daemon:requestLoop()
]]

local names, server

--- Starts a gateway; returns its port and process.
local function start(words, env)
  env = env or {}
  for name, value in pairs(names) do
    env[name] = env[name] or value
  end
  local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = env, table.unpack(words or {}) })
  return tonumber(gateway:expect "gateway running on https?://127%.0%.0%.1:(%d+)/pyro/\n"), gateway
end

describe("The HTTP gateway", function()
  local port

  setup(function()
    local _
    _, names = peers.name_server "Lua"
    server = peers.start("Lua", { "-e", SERVER, env = { PYROLUA_BYTES = "bytes", PYRO_NS_HOST = names.PYRO_NS_HOST,
      PYRO_NS_PORT = names.PYRO_NS_PORT } })
    server:expect "READY"
    port = start()
  end)

  teardown(process.stop_all)

  --- Returns what an answer has: status, type and body.
  local function got(request)
    local answer = http.ask(port, request)
    return answer.status, answer.headers["content-type"], answer.body
  end

  --- The body of an answer in JSON.
  local function result(request)
    local status, kind, body = got(request)
    assert.equal("application/json; charset=utf-8", kind, body)
    return body, status
  end

  it("leads to its page", function()
    local answer = http.ask(port, { "/" })
    assert.equal(302, answer.status)
    assert.equal("/pyro/", answer.headers.location)
    local status, kind, body = got { "/pyro/" }
    assert.equal(200, status)
    assert.equal("text/html; charset=utf-8", kind)
    assert.matches("^<!DOCTYPE html>", body)
  end)

  it("has nothing else", function()
    for _, path in ipairs { "/nothing", "/pyro", "/pyro/x", "/pyro/x/", "/pyro//", "/favicon.ico", "/pyro/%ff/x" } do
      assert.are.same({ 404, "text/plain", "Error 404: Not Found" }, { got { path } })
    end
    for _, method in ipairs { "PUT", "DELETE", "HEAD", "TRACE" } do
      local answer = http.ask(port, { "/pyro/http.shop/buy", method = method })
      assert.equal(405, answer.status)
    end
    assert.equal(200, (got { "/pyro/http.shop/buy", method = "OPTIONS" }))
  end)

  it("calls methods", function()
    assert.equal('{"what": "apple"}', result { "/pyro/http.shop/buy?what=apple" })
    assert.equal('"hello"', result { "/pyro/http.a%2fb%20c/hello" })
    assert.equal('"hello"', result { "/pyro/http.a/b%20c/hello" })
    assert.equal('"hello"', result { "/pyro/http.a%2Fb%20c%2Fhello" })
    assert.equal('"both"', result { "/pyro/http.trips/to%2Ffrom?/" })
    assert.equal('"caf\u{e9} & +"', result { "/pyro/http.shop/echo?value=caf%c3%a9+%26+%2b" })
    assert.equal('"x"', result { "/pyro/http.shop/echo", body = "value=x",
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded" } })
    assert.equal('["a", "b c"]', result { "/pyro/http.shop/echo?value=a", body = "value=b+c&x=",
      headers = { ["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8" } })
    assert.equal("null", result { "/pyro/http.shop/echo?value=&x" })
    assert.equal('"cheap"', result { "/pyro/http.shop/motto" })
  end)

  it("tells what an object has, oneway or not", function()
    local methods = '["buy", "bytes", "echo", "fail", "go_on", "id", "kind", "pause", "paused", "slow", "strange", '
      .. '"tell"]'
    assert.equal(('{"methods": %s, "attributes": ["motto", "told"]}'):format(methods),
      result { "/pyro/http.shop/$meta", headers = { ["X-Pyro-Options"] = "oneway" } })
    assert.equal('{"methods": ["hello"], "attributes": []}', result { "/pyro/http.a%2Fb%20c/%24meta" })
  end)

  it("answers errors as Pyro's gateways do", function()
    local function class(request)
      local body, status = result(request)
      assert.equal(500, status)
      local name, args = body:match '^{"__class__": "(.-)", "__exception__": true, "args": (%b[]), "attributes": {'
      return ("%s %s"):format(name, args)
    end
    assert.equal('builtins.KeyError ["apple"]', class { "/pyro/http.shop/fail" })
    local text = result { "/pyro/http.shop/fail" }
    assert.matches('"_pyroTraceback": %["Traceback', text)
    assert.matches("^builtins.AttributeError %[\"remote object 'PYRO:[^']+' has no exposed attribute or method 'x'\"]",
      class { "/pyro/http.shop/x" })
    assert.matches("no exposed attribute or method '_secret'", class { "/pyro/http.shop/_secret" }, 1, true)
    for _, name in ipairs { "__getattr__", "_pyroRelease", "_pyroUri", "__call__", "<batch>", "new" } do
      assert.matches("^builtins.AttributeError ", class { "/pyro/http.shop/" .. name })
    end
    assert.equal('builtins.AssertionError ["attribute lookup can\'t have query parameters"]',
      class { "/pyro/http.shop/motto?x=1" })
    assert.equal('Pyro4.errors.NamingError ["unknown name: http.nobody"]', class { "/pyro/http.nobody/x" })
    assert.matches('^Pyro4.errors.CommunicationError %["cannot connect to', class { "/pyro/http.gone/x" })
    assert.equal('builtins.ValueError ["badly formed hexadecimal UUID string"]',
      class { "/pyro/http.shop/id", headers = { ["X-Pyro-Correlation-Id"] = "1234" } })
  end)

  it("exposes only names that match", function()
    for _, path in ipairs { "/pyro/hidden.shop/hello", "/pyro/Pyro.NameServer/list", "/pyro/xhttp.shop/buy" } do
      assert.are.same({ 403, "text/plain", "403 Forbidden - access to the requested object has been denied" },
        { got { path } })
    end
    local other = start { "-e", "hidden|Pyro" }
    assert.equal('"hello"', http.ask(other, { "/pyro/hidden.shop/hello" }).body)
    assert.equal(200, http.ask(other, { "/pyro/Pyro.NameServer/list" }).status)
    assert.equal(403, http.ask(other, { "/pyro/http.shop/motto" }).status)
    assert.equal('"hello"', http.ask(start { "-e", "" }, { "/pyro/hidden.shop/hello" }).body)
  end)

  it("passes correlation ids on", function()
    local id = "11112222-1111-2222-3333-222244449999"
    for _, form in ipairs { id, id:gsub("-", ""), "{" .. id .. "}", "urn:uuid:" .. id } do
      local answer = http.ask(port, { "/pyro/http.shop/id", headers = { ["X-Pyro-Correlation-Id"] = form } })
      assert.equal(('"%s"'):format(id), answer.body)
      assert.equal(id, answer.headers["x-pyro-correlation-id"])
    end
    local answer = http.ask(port, { "/pyro/http.shop/id" })
    assert.equal(answer.body, ('"%s"'):format(answer.headers["x-pyro-correlation-id"]))
    assert.matches('^"%x+%-%x+%-4%x+%-%x+%-%x+"$', answer.body)
    assert.are_not.equal(answer.body, http.ask(port, { "/pyro/http.shop/id" }).body)
  end)

  it("tells the correlation id of a call that fails", function()
    local id = "11112222-1111-2222-3333-222244449999"
    for _, path in ipairs { "http.shop/fail", "http.shop/nothing", "http.nobody/fail", "http.gone/x" } do
      local answer = http.ask(port, { "/pyro/" .. path, headers = { ["X-Pyro-Correlation-Id"] = id } })
      assert.equal(500, answer.status)
      assert.equal(id, answer.headers["x-pyro-correlation-id"], path)
    end
    local answer = http.ask(port, { "/pyro/http.shop/fail" })
    assert.matches("%x%-%x+$", answer.headers["x-pyro-correlation-id"])
    answer = http.ask(port, { "/pyro/http.shop/id", headers = { ["X-Pyro-Correlation-Id"] = "1234" } })
    assert.is_nil(answer.headers["x-pyro-correlation-id"])
  end)

  it("passes traces on", function()
    local trace = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    local function traced(header)
      return result { "/pyro/http.trips/trace", headers = { traceparent = header } }
    end
    for _, header in ipairs { "00" .. trace, "cc" .. trace .. "-what-else", "cc" .. trace .. "-" } do
      assert.equal(('"00%s"'):format(trace), traced(header))
    end
    assert.equal(('"cc%s"'):format(trace), traced("cc" .. trace))
    for _, header in ipairs { "", "00", "00" .. trace .. "-01", "cc" .. trace .. ".01", "ff" .. trace,
      "ff" .. trace .. "-", "zz" .. trace .. "-", "00" .. trace:upper(), "00" .. trace:sub(1, -2),
      "00" .. trace:gsub("b7.*31", ("0"):rep(16)),
      "00" .. trace .. ", 00" .. trace, "cc" .. trace:gsub("b7.*31", ("0"):rep(16)) .. "-x" } do
      assert.equal("null", traced(header), header)
    end
  end)

  it("does not wait for oneway calls", function()
    local started = http.ask(port, { "/pyro/http.shop/tell?what=one" })
    assert.equal(200, started.status)
    assert.equal("", started.body)
    assert.equal("application/json; charset=utf-8", started.headers["content-type"])
    assert.is_string(started.headers["x-pyro-correlation-id"])
    assert.is_true(process.run_until(function()
      return result { "/pyro/http.shop/told" } == '"one"'
    end))
    local answer = http.ask(port, { "/pyro/http.shop/slow", headers = { ["X-Pyro-Options"] = "x,oneway" } })
    assert.equal(200, answer.status)
    assert.equal("", answer.body)
    answer = http.ask(port, { "/pyro/http.shop/slow", headers = { ["X-Pyro-Options"] = "other, oneway , x" } })
    assert.equal("", answer.body)
  end)

  it("takes JSON, and keeps types", function()
    local function call(method, body)
      return (result { "/pyro/http.shop/" .. method, body = body, headers = { ["Content-Type"] = "application/json" } })
    end
    assert.equal('"1"', call("kind", '{"value": 1}'))
    assert.equal('"1"', call("kind", "[1]"))
    assert.equal("\"{'a': [1, 2.0, True, None, 'x']}\"", call("kind", '{"value": {"a": [1, 2.0, true, null, "x"]}}'))
    assert.equal("\"b'\\\\x00\\\\xff'\"", call("kind", '[{"$bytes": "AP8="}]'))
    assert.equal("\"b'text'\"", call("kind", '[{"$bytes": "dGV4dA=="}]'))
    assert.equal('"((1, {2}), datetime.date(2020, 1, 2), 18446744073709551616, nan)"', call("kind",
      '[{"$tuple": [{"$tuple": [1, {"$set": [2]}]}, {"$date": "2020-01-02"}, {"$int": "18446744073709551616"}, '
        .. '{"$float": "nan"}]}]'))
    assert.equal('"{1: \'a\'}"', call("kind", '{"value": {"$dict": [[1, "a"]]}}'))
    assert.equal('{"what": 1, "number": [2]}', call("buy", '[1, [2]]'):gsub('("number": %[2%]), ("what": 1)', "%2, %1"))
    assert.equal('{"$bytes": "AP8="}', call("bytes", "{}"))
    assert.equal('{"$tuple": [{"$set": [1]}, {"$date": "2020-01-02"}, {"$float": "nan"}, {"$complex": [1.0, 2.0]}]}',
      call("strange", "[]"))
    assert.equal('[[1], "2020-01-02", NaN, {"$complex": [1.0, 2.0]}]', result { "/pyro/http.shop/strange" })
    assert.equal('{"$bytes": "AP8="}', result { "/pyro/http.shop/bytes" })
    assert.equal('"x"', (result { "/pyro/http.shop/echo?value=x", body = "{}",
      headers = { ["Content-Type"] = "Application/JSON; charset=utf-8" } }))
  end)

  it("refuses bodies that make no sense", function()
    local function refused(kind, body)
      return { got { "/pyro/http.shop/echo", body = body, headers = { ["Content-Type"] = kind } } }
    end
    local function bad(why)
      return { 400, "text/plain", "400 Bad Request - " .. why }
    end
    assert.are.same(bad "the body must be an object or a list", refused("application/json", "1"))
    assert.are.same(bad "the body must be an object or a list",
      refused("application/json", '{"__class__": "builtins.ValueError", "__exception__": true, "args": []}'))
    assert.are.same(bad "json data cut short", refused("application/json", "{"))
    assert.are.same(bad "$bytes takes base64", refused("application/json", '[{"$bytes": "?"}]'))
    assert.are.same(bad "parameters must be UTF-8", refused("application/x-www-form-urlencoded", "value=%ff"))
    assert.are.same(bad "nested deeper than 512", refused("application/json", ("["):rep(600) .. ("]"):rep(600)))
    assert.are.same({ 400, "text/plain", "400 Bad Request - parameters must be UTF-8" },
      { got { "/pyro/http.shop/echo?value=%ff" } })
    local unknown = { 415, "text/plain", "415 Unsupported Media Type - send JSON, or a form" }
    assert.are.same(unknown, refused("text/plain", '{"value": 1}'))
    assert.are.same(unknown, refused(nil, '{"value": 1}'))
  end)

  it("asks for its key", function()
    local forbidden = { 403, "text/plain", "403 Forbidden - incorrect gateway api key" }
    local keyed, program = start({ "-g", "sesame" })
    assert.matches("warning: everyone on this machine can read the key of -g", program.output, 1, true)
    for _, other in ipairs { keyed, (start({}, { PYRO_HTTPGATEWAY_KEY = "sesame" })),
      (start({}, { PYRO_HTTPGATEWAY_KEY = "x", PYROLUA_HTTPGATEWAY_KEY = "sesame" })) } do
      local function asked(path, key, body)
        local answer = http.ask(other, { path, headers = { ["X-Pyro-Gateway-Key"] = key,
          ["Content-Type"] = body and "application/json" }, body = body })
        return answer.status, answer.headers["content-type"], answer.body
      end
      for _, key in ipairs { "", "sesam", "sesamf", "sesame2", "SESAME" } do
        assert.are.same(forbidden, { asked("/pyro/http.shop/motto", key) })
        assert.are.same(forbidden, { asked("/pyro/http.shop/motto?$key=" .. key) })
      end
      assert.are.same(forbidden, { asked("/pyro/http.nobody/motto") })
      assert.are.same(forbidden, { asked("/pyro/hidden.shop/hello") })
      assert.equal('"cheap"', select(3, asked("/pyro/http.shop/motto", "sesame")))
      assert.equal('"cheap"', select(3, asked "/pyro/http.shop/motto?$key=sesame"))
      assert.equal('{"what": 1}', select(3, asked("/pyro/http.shop/buy", nil, '{"what": 1, "$key": "sesame"}')))
      assert.are.same(forbidden, { asked("/pyro/http.shop/buy", nil, '{"what": 1, "$key": {}}') })
      assert.equal(302, (asked "/"))
    end
  end)

  it("keeps pages of others out", function()
    local own = ("http://localhost:%d"):format(port)
    local function asked(headers, path, method)
      return (got { path or "/pyro/http.shop/motto", headers = headers, method = method })
    end
    assert.equal(200, asked { Origin = own })
    assert.equal(200, asked { Origin = own, ["Sec-Fetch-Site"] = "same-origin" })
    assert.equal(200, asked { ["Sec-Fetch-Site"] = "none" })
    for _, origin in ipairs { "http://evil.example", "null", "https://localhost:" .. port, "http://localhost",
      own .. ".evil.example", "" } do
      assert.equal(403, asked { Origin = origin })
      assert.equal(403, asked({ Origin = origin }, "/pyro/http.shop/motto", "OPTIONS"))
    end
    for _, site in ipairs { "cross-site", "same-site" } do
      assert.equal(403, asked { ["Sec-Fetch-Site"] = site })
      assert.equal(200, asked({ ["Sec-Fetch-Site"] = site }, "/pyro/"))
      assert.equal(302, asked({ ["Sec-Fetch-Site"] = site }, "/"))
    end
    local answer = http.ask(port, { "/pyro/http.shop/motto", headers = { Origin = own } })
    assert.is_nil(answer.headers["access-control-allow-origin"])
  end)

  it("lets in pages of origins that are allowed", function()
    local other = start { "-c", "https://one.example", "-c", "https://two.example" }
    for _, origin in ipairs { "https://one.example", "https://two.example" } do
      for _, method in ipairs { "GET", "OPTIONS" } do
        local answer = http.ask(other, { "/pyro/http.shop/motto", method = method, headers = { Origin = origin,
          ["Sec-Fetch-Site"] = "cross-site" } })
        assert.equal(200, answer.status)
        assert.equal(origin, answer.headers["access-control-allow-origin"])
        assert.equal("GET, POST, OPTIONS", answer.headers["access-control-allow-methods"])
        assert.matches("Content-Type", answer.headers["access-control-allow-headers"], 1, true)
        assert.equal("Origin", answer.headers.vary)
      end
    end
    local refused = http.ask(other, { "/pyro/http.shop/motto", headers = { Origin = "https://three.example" } })
    assert.equal(403, refused.status)
    assert.is_nil(refused.headers["access-control-allow-origin"])
    local any = http.ask(start { "-c", "*" }, { "/pyro/http.shop/fail",
      headers = { Origin = "https://three.example" } })
    assert.equal(500, any.status)
    assert.equal("*", any.headers["access-control-allow-origin"])
  end)

  it("answers under its own names only", function()
    local function asked(host, at)
      return http.ask(at or port, { "/", headers = { Host = host } }).status
    end
    for _, host in ipairs { "localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:" .. port, "localhost." } do
      assert.equal(302, asked(host), host)
    end
    for _, host in ipairs { "evil.example", "evil.example:" .. port, "127.0.0.2", "localhost.evil.example", "[::1]",
      "localhost..", "", "gate.example" } do
      assert.equal(421, asked(host), host)
    end
    assert.equal(302, asked("gate.example:443", (start { "--host", "Gate.example" })))
    local answer = http.ask(port, { "/pyro/http.shop/motto", headers = { Host = "evil.example" } })
    assert.equal("421 Misdirected Request - this is not the host that was asked for", answer.body)
  end)

  it("listens where -H says, and warns where that is open to others", function()
    local WARNING = "Warning: anyone who reaches this port can call what is exposed, see docs/http.md\n"
    for _, case in ipairs { { "127.0.0.3", false }, { "0.0.0.0", true }, { "0.0.0.0", false, "sesame" } } do
      local address, warns, key = table.unpack(case)
      local env = { PYROLUA_HTTPGATEWAY_KEY = key, PYRO_NS_HOST = names.PYRO_NS_HOST,
        PYRO_NS_PORT = names.PYRO_NS_PORT }
      local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", "-H", address, env = env })
      local at = gateway:expect("gateway running on http://" .. address:gsub("%.", "%%.") .. ":(%d+)/pyro/\n")
      assert.equal(warns, gateway.output:find(WARNING, 1, true) ~= nil, gateway.output)
      local said = process.run { "curl", "-sS", ("http://127.0.0.3:%s/pyro/http.shop/motto"):format(at), "-H",
        "X-Pyro-Gateway-Key: sesame" }
      assert.equal('"cheap"', said.output)
    end
  end)

  it("follows a name that moves, and a server that is started again", function()
    local function hello()
      return http.ask(port, { "/pyro/http.mover/hello" }).body
    end
    local code = [[
      local daemon = pyro.Daemon {}
      pyro.locateNS():register("http.mover", daemon:register { hello = function() return "%s" end })
      print "READY"
      daemon:requestLoop()
    ]]
    for _, word in ipairs { "first", "second" } do
      local program = peers.start("Lua", { "-e", code:format(word), env = names })
      program:expect "READY"
      assert.is_true(process.run_until(function()
        return hello() == ('"%s"'):format(word)
      end))
      program:kill "sigkill"
      program:wait()
    end
  end)

  it("says when there is no name server, and finds one that is started", function()
    local own, env = peers.name_server "Lua"
    local other, program = start({}, env)
    assert.matches("Connected to name server at:  PYRO:Pyro.NameServer@localhost:" .. env.PYRO_NS_PORT, program.output,
      1, true)
    own:kill "sigkill"
    own:wait()
    local answer = http.ask(other, { "/pyro/http.shop/motto" })
    assert.equal(500, answer.status)
    assert.matches('"__class__": "Pyro4.errors.%w+Error"', answer.body)
    peers.name_server("Lua", nil, env.PYRO_NS_PORT)
    assert.is_truthy(process.run_until(function()
      return http.ask(other, { "/pyro/http.shop/motto" }).body:find("unknown name", 1, true)
    end))
    local nowhere = tostring(process.free_port())
    assert.matches("Not yet connected to a name server: Failed to locate the nameserver; tried localhost:" .. nowhere,
      select(2, start({}, { PYRO_NS_PORT = nowhere })).output, 1, true)
  end)

  it("speaks HTTPS, and TLS to objects, where SSL is set", function()
    local env = { PYRO_SSL = "1", PYRO_SSL_SERVERCERT = certificates.path "server.pem",
      PYRO_SSL_SERVERKEY = certificates.path "server.key", PYRO_SSL_CACERTS = certificates.path "ca.pem" }
    local _, place = peers.name_server("Lua", env)
    for name, value in pairs(env) do
      place[name] = value
    end
    peers.start("Lua", { "-e", SERVER, env = place }):expect "READY"
    local other, program = start({}, place)
    assert.matches("running on https://127.0.0.1:", program.output, 1, true)
    local plain = { PYRO_NS_HOST = place.PYRO_NS_HOST, PYRO_NS_PORT = place.PYRO_NS_PORT }
    env.PYRO_NS_PORT = names.PYRO_NS_PORT
    for _, settings in ipairs { plain, env } do
      assert.matches("Not yet connected to a name server: .*TLS", select(2, start({}, settings)).output)
    end
    local function curl(path, ...)
      return process.run { "curl", "-sS", "--cacert", certificates.path "ca.pem", "-w", "%{http_code}",
        ("https://127.0.0.1:%d%s"):format(other, path), ... }.out
    end
    assert.equal("302", curl "/")
    assert.equal('"cheap"200', curl "/pyro/http.shop/motto")
    assert.equal('"cheap"200', curl("/pyro/http.shop/motto", "-H", "Origin: https://127.0.0.1:" .. other))
    assert.equal("403", curl("/pyro/http.shop/motto", "-o", "/dev/null", "-H", "Origin: http://127.0.0.1:" .. other))
  end)

  it("limits how long a call may take", function()
    local answer = http.ask(start { "-t", "0.2" }, { "/pyro/http.shop/slow" })
    assert.equal(500, answer.status)
    assert.matches('"__class__": "Pyro4.errors.TimeoutError"', answer.body, 1, true)
  end)

  it("refuses options that make no sense", function()
    local function said(words, env)
      local program = peers.run("Lua", { "-m", "pyro.gateway", env = env, table.unpack(words) })
      assert.are_not.equal(0, program.code)
      return program.output
    end
    assert.matches("^pyrolua: invalid regex: missing closing parenthesis at position 1;", said { "-e", "(" })
    for _, origin in ipairs { "http://localhost:8000/", "localhost:8000", "http://a b", "http://", "file:///x",
      "http://caf\u{e9}.example", "http://user@example.org" } do
      assert.equal(("pyrolua: an origin is a scheme, a host and perhaps a port, such as https://example.org, not '%s'; "
        .. "pyrolua-gateway --help shows what there is\n"):format(origin), said { "-c", origin })
    end
    for _, name in ipairs { "http://x y/", "gw.example:80", "a/", "", "[::1]:80", "a@b" } do
      assert.matches(("a name of the gateway is a host without a port, such as gw.example.org, not '%s'"):format(name),
        said { "--host", name }, 1, true)
    end
    for _, address in ipairs { "0.0.0.0", "::", "[::]" } do
      assert.matches("is an address to listen on, which -H says, not a name of the gateway",
        said { "--host", address }, 1, true)
    end
    assert.equal("pyrolua: don't use -g and PYRO_HTTPGATEWAY_KEY at the same time\n",
      said({ "-g", "a" }, { PYRO_HTTPGATEWAY_KEY = "b" }))
    assert.equal("pyrolua: don't use -k and PYRO_HMAC_KEY at the same time\n",
      said({ "-k", "a" }, { PYRO_HMAC_KEY = "b" }))
    assert.matches("^pyrolua: cannot listen on localhost:%d+: address already in use\n$", said { "-p", tostring(port) })
    assert.matches("^pyrolua: a count is 1 or more, not '0'", said { "--connections", "0" })
    assert.matches("^pyrolua: a time is a number of seconds, more than 0, not 'x'", said { "-t", "x" })
  end)

  it("takes names and origins as they are sent", function()
    local other = start { "--host", "GW.example.", "--host", "[2001:db8::1]", "-c", "HTTP://a.example:8000",
      "-c", "app://.", "-c", "http://[::1]:80", "-c", "https://b.example:443", "-c", "http://c.example:443" }
    for _, host in ipairs { "gw.example", "gw.example.:80", "[2001:db8::1]:80" } do
      assert.equal(302, http.ask(other, { "/", headers = { Host = host } }).status, host)
    end
    for _, origin in ipairs { "http://a.example:8000", "app://.", "http://[::1]", "https://b.example",
      "http://c.example:443" } do
      assert.equal(200, http.ask(other, { "/pyro/http.shop/motto", headers = { Origin = origin } }).status, origin)
    end
  end)

  it("blames a program for options that make no sense", function()
    local function said(options)
      return peers.run("Lua", { "-e", ("local g = require 'pyro.gateway'\nprint(pcall(function() g.start { %s } end))")
        :format(options), env = names }).output
    end
    for options, message in pairs {
      ["port = 'x'"] = "option 'port': a port is 0 to 65535, not 'x'",
      ["max_connections = -1"] = "option 'max_connections': a count is 1 or more, not '-1'",
      ["expose = '('"] = "option 'expose': invalid regex: missing closing parenthesis at position 1",
      ["timeout = 0"] = "option 'timeout': a time is a number of seconds, more than 0, not '0'",
      ["cors = 'http://a'"] = "option 'cors': it must be a list, got string",
      ["hosts = { 'a/' }"] = "option 'hosts': a name of the gateway is a host without a port, such as gw.example.org, "
        .. "not 'a/'",
      ["keys = 1"] = "option 'keys': it must be a string, got number",
      ["prot = 1"] = "unknown option 'prot' (known: allow cors expose host hosts key keys max_client_connections "
        .. "max_connections port timeout)",
    } do
      assert.equal(("false\t(command line):2: %s\n"):format(message), said(options))
    end
  end)

  it("ends at a signal, once what runs is answered", function()
    local other, program = start({}, { PYROLUA_GRACE_TIME = "600" })
    local waiting = http.send(other, { "/pyro/http.shop/pause" })
    assert.is_true(process.run_until(function()
      return result { "/pyro/http.shop/paused" } == "true"
    end))
    program:kill "sigterm"
    local refused
    assert.is_true(process.run_until(function()
      refused = http.ask(other, { "/pyro/http.shop/motto" })
      return refused.status == 503
    end))
    assert.equal("503 Service Unavailable - the gateway ends", refused.body)
    assert.equal("null", result { "/pyro/http.shop/go_on" })
    assert.equal('"went on"', http.receive(waiting).body)
    assert.equal(0, (program:wait()))
  end)

  it("logs that it ends, and by which signal", function()
    for _, signal in ipairs { "sigterm", "sigint" } do
      local other, program = start({}, { PYROLUA_LOGLEVEL = "INFO", PYROLUA_LOGFILE = "{stderr}" })
      program:kill(signal)
      assert.equal(0, (program:wait()))
      assert.matches(("pyrolua.service,INFO] told to end by %s\n"):format(signal:upper()), program.err, 1, true)
      assert.matches(("pyrolua.http,INFO] no longer serving http://127.0.0.1:%d\n"):format(other), program.err, 1, true)
    end
  end)

  it("ends at a signal, whatever runs, after a time", function()
    local other, program = start({}, { PYROLUA_GRACE_TIME = "0.1" })
    local waiting = http.send(other, { "/pyro/http.shop/slow" })
    http.ask(other, { "/pyro/http.shop/motto" })
    program:kill "sigterm"
    assert.equal(503, http.receive(waiting).status)
    assert.equal(0, (program:wait()))
  end)
end)
