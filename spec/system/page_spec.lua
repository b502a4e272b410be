--- The gateway's page, in a real browser (spec/support/page/browser.py), and what it gets from the
--- gateway.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local CHECKS = { "warehouse", "arguments", "lines", "streams", "curves", "rates", "markup", "strange", "repeated",
  "uncalled", "still", "list", "nothing", "alias", "changed", "written", "numbers", "more", "outage", "unknown",
  "search", "keyboard", "key", "proxy", "theme", "example", "refusals", "accessibility", "down" }

local BROWSING = 600 -- seconds that the browser may take for everything

--- Starts a program with settings, and waits until it serves.
local function start(env, ready, ...)
  local program = peers.start("Lua", { env = env, ... })
  return program, program:expect(ready)
end

--- Starts a gateway; returns its port.
local function start_gateway(env, ...)
  local _, port = start(env, "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n", "-m", "pyro.gateway", "-p", "0",
    ...)
  return tonumber(port)
end

local function start_locked_gateway(env)
  local with_key = { PYROLUA_HTTPGATEWAY_KEY = "secret" }
  for name, value in pairs(env) do
    with_key[name] = value
  end
  return start_gateway(with_key)
end

--- Serves examples/http/, with a gateway that its page may use; returns the page's URL.
local function start_example(env)
  local port = process.free_port()
  local server = process.start { "/usr/bin/python3", "-um", "http.server", "--bind", "localhost", tostring(port),
    cwd = "examples/http" }
  server:expect "Serving HTTP"
  local gateway = start_gateway(env, "-e", "example|http\\.shop", "-c", "http://localhost:" .. port)
  return ("http://localhost:%d/?gateway=http://localhost:%d"):format(port, gateway)
end

--- Runs the browser with the URLs of pages and the process of a server; returns what it said.
local function browse(...)
  local command = { "/usr/bin/python3", "-B", "spec/support/page/browser.py", ... }
  command.env = { PYROLUA_PICTURES = os.getenv "PICTURES" }
  local browser = process.start(command)
  browser:close_input()
  browser:wait(BROWSING)
  return browser.output
end

describe("The gateway's page", function()
  local env, port, locked, empty, kept

  setup(function()
    local _
    _, env = peers.name_server "Lua"
    start(env, "READY", "spec/support/page/objects.lua")
    kept = start(env, "READY", "spec/support/page/kept.lua")
    start(env, "Pyro daemon running", "examples/warehouse/phase3/warehouse.lua")
    start(env, "Stockmarkets available", "examples/stockquotes/phase2/stockmarket.lua")
    port = start_gateway(env, "-e", os.getenv "PICTURES" and "http\\.shop|example\\." or "http\\.|example\\.")
    locked = start_locked_gateway(env)
    empty = start_gateway(env, "-e", "nothing")
  end)

  teardown(process.stop_all)

  --- Waits for events of the overview until they have a pattern; returns what it matches.
  local function watch(pattern)
    local peer = http.send(port, { "/overview/events" })
    http.expect(peer, pattern)
    peer:close()
    return peer.received:match(pattern)
  end

  it("may use nothing but what the gateway has, and nobody may frame it", function()
    for _, path in ipairs { "/pyro/", "/static/main.js", "/static/style.css" } do
      local answer = http.ask(port, { path })
      assert.equal(200, answer.status)
      local policy = answer.headers["content-security-policy"]
      assert.matches("default-src 'none'; script-src 'self'; style-src 'self';", policy, 1, true)
      assert.matches("frame-ancestors 'none'", policy, 1, true)
      assert.equal("nosniff", answer.headers["x-content-type-options"])
      assert.equal("same-origin", answer.headers["referrer-policy"])
    end
    assert.equal("text/javascript; charset=utf-8", http.ask(port, { "/static/main.js" }).headers["content-type"])
    for _, path in ipairs { "/static/", "/static/index.html", "/static/../page.lua", "/static/x.js", "/overview/",
      "/overview/x" } do
      assert.equal(404, http.ask(port, { path }).status)
    end
    assert.equal(405, http.ask(port, { "/overview/events", method = "POST", body = "" }).status)
  end)

  it("tells of objects only who may call them", function()
    for _, path in ipairs { "/overview/events", "/overview/object?name=http.shop" } do
      assert.equal(403, http.ask(port, { path, headers = { Origin = "http://example.org" } }).status)
      assert.equal(403, http.ask(port, { path, headers = { ["Sec-Fetch-Site"] = "cross-site" } }).status)
      assert.equal(421, http.ask(port, { path, headers = { Host = "example.org" } }).status)
      assert.equal(403, http.ask(locked, { path }).status)
      assert.equal(403, http.ask(locked, { path, headers = { ["X-Pyro-Gateway-Key"] = "wrong" } }).status)
    end
    local answer = http.ask(locked, { "/overview/object?name=http.shop",
      headers = { ["X-Pyro-Gateway-Key"] = "secret" } })
    assert.equal(200, answer.status)
    assert.matches('"": "A shop, which sells fruit."', answer.body, 1, true)
    assert.equal(403, http.ask(port, { "/overview/object?name=Pyro.NameServer" }).status)
    assert.equal(400, http.ask(port, { "/overview/object" }).status)
    assert.equal(400, http.ask(port, { "/overview/object?name=a&name=b" }).status)
    answer = http.ask(port, { "/overview/object?name=http.nobody" })
    assert.equal(500, answer.status)
    assert.matches("unknown name: http.nobody", answer.body, 1, true)
    answer = http.ask(port, { "/overview/object?name=http.bare" })
    assert.equal(500, answer.status)
    assert.matches("remote object doesn't expose any methods or attributes", answer.body, 1, true)
  end)

  it("gets all objects, and later what has changed", function()
    local first = watch "data: (%b{})\n\n"
    assert.matches('"names": %["example.stockmarket.nasdaq", ', first)
    assert.matches('"http.kept": {.-"owner": "ab12"', first)
    assert.is_nil(first:find("Pyro.NameServer\":", 1, true))
    assert.matches('"names": null, "objects": {}, "errors": %[%]', watch '"names": null.-\n')
    assert.matches("connect", watch '"http.strange": {.-"reason": (".-")')
  end)

  it("gets objects again soon after the name server was away", function()
    local own, place = peers.name_server "Lua"
    local peer = http.send(start_gateway(place), { "/overview/events" })
    http.expect(peer, '"trouble": null')
    own:kill "sigkill"
    own:wait()
    http.expect(peer, '"trouble": "NamingError: ')
    peers.name_server("Lua", nil, place.PYRO_NS_PORT)
    http.expect(peer, '"trouble": null', #peer.received)
    peer:close()
  end)

  it("gets to know who does not answer, and who answers again", function()
    local names, place = peers.name_server "Lua"
    local server = start(place, "READY", "spec/support/page/kept.lua")
    local own = start_gateway(place)
    finally(function()
      names:kill "sigcont"
      server:kill "sigcont"
    end)
    names:kill "sigstop"
    local peer = http.send(own, { "/overview/events" })
    http.expect(peer, '"trouble": "The name server does not answer."')
    names:kill "sigcont"
    http.expect(peer, '"trouble": null.-"health": "up"', #peer.received)
    server:kill "sigstop"
    assert.is_truthy(process.run_until(function()
      return peer.received:find '"reason": "no answer"'
    end, 8), "it takes as long as the call")
    assert.matches('"health": "down"', peer.received)
    server:kill "sigcont"
    http.expect(peer, '"health": "up"', #peer.received)
    peer:close()
  end)

  it("gets errors of calls by others, once", function()
    local peer = http.send(port, { "/overview/events" })
    http.expect(peer, '"http.shop": {.-"up"')
    local other = peers.run("Lua", { "-e", 'pyro.Proxy "PYRONAME:http.shop":buy "moon"', env = env })
    assert.matches("KeyError", other.output)
    assert.equal(500, http.ask(port, { "/pyro/http.shop/buy?what=moon" }).status)
    assert.equal(500, http.ask(port, { "/pyro/http.strange/buy" }).status)
    http.expect(peer, '"object": "http.strange"')
    http.expect(peer, '"count": 2')
    http.expect(peer, '"errors": %[%].-"errors": %[%]', #peer.received) -- two looks later
    assert.is_nil(peer.received:find('"count": 3', 1, true), peer.received)
    peer:close()
  end)

  it("works in a browser", function()
    local url = "http://localhost:%d/pyro/"
    local said = browse(url:format(port), url:format(locked), url:format(empty), start_example(env), tostring(kept.pid))
    for _, name in ipairs(os.getenv "PICTURES" and {} or CHECKS) do
      assert(("\n" .. said):find(("\nok %s\n"):format(name), 1, true), said)
    end
  end)
end)
