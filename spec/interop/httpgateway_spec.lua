--- The HTTP gateway beside those of Pyro, and with objects and clients of Pyro.
local certificates = require "spec.support.certificates"
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"
local tags = require "spec.support.tags"

local GATEWAYS = { Pyro4 = "Pyro4.utils.httpgateway", Pyro5 = "Pyro5.utils.httpgateway", Lua = "pyro.gateway" }
local FORM = "application/x-www-form-urlencoded"

--- Starts a server with objects for gateways.
local function serve(generation, env)
  peers.start(generation, { "spec/interop/python/gateway_objects.py", generation, env = env }):expect "READY"
end

--- Starts a gateway; returns its port. Pyro's listen where they are told.
local function start(language, env, ...)
  local words = { "-m", GATEWAYS[language], "-p", tostring(process.free_port()), "-t", "10", env = env, ... }
  return tonumber(peers.start(language, words):expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
end

--- Requests that each gateway answers in the same way, with an exception.
local REQUESTS = {
  { "/" },
  { "/nothing" },
  { "/pyro" },
  { "/pyro/x" },
  { "/pyro/http.values/echo", method = "PUT" },
  { "/pyro/http.values/echo", method = "DELETE" },
  { "/pyro/http.values/echo?message=text" },
  { "/pyro/http.values/echo?message=a+b%20c%26d%2Bcaf%C3%A9", except = "Pyro4" }, -- which reads it as Latin-1
  { "/pyro/http.values/echo?message=a+b%20c%26d%2B" },
  { "/pyro/http.values/echo?message=a&message=b" },
  { "/pyro/http.values/echo?message=1&nothing=&other" },
  { "/pyro/http.values/two?first=1" },
  { "/pyro/http.values/two?second=2&first=1" },
  { "/pyro/http.values/two" },
  { "/pyro/http.values/two?third=3" },
  { "/pyro/http.values/nothing" },
  { "/pyro/http.values/containers" },
  { "/pyro/http.values/numbers" },
  { "/pyro/http.values/not_numbers" },
  { "/pyro/http.values/text" },
  { "/pyro/http.values/order" },
  { "/pyro/http.values/moments" },
  { "/pyro/http.values/exact" },
  { "/pyro/http.values/point" },
  { "/pyro/http.values/stranger" },
  { "/pyro/http.values/uri" },
  { "/pyro/http.values/many", except = "Pyro5" }, -- which cannot send that much
  { "/pyro/http.values/fail" },
  { "/pyro/http.values/fail_pyro" },
  { "/pyro/http.values/exception" },
  { "/pyro/http.values/told" },
  { "/pyro/http.values/told?x=1" },
  { "/pyro/http.values/broken" },
  { "/pyro/http.values/_private" },
  { "/pyro/http.values/unknown" },
  { "/pyro/http.with/slash/shown" },
  { "/pyro/http.with/slash/hidden" },
  { "/pyro/http%2Evalues/%6Eothing" },
  { "/pyro/http.values/$meta", any_order = true },
  { "/pyro/http.values/%24meta?x=1", any_order = true },
  { "/pyro/http.values/$meta", headers = { ["X-Pyro-Options"] = "oneway" }, any_order = true },
  { "/pyro/other/shown" },
  { "/pyro/Pyro.NameServer/list" },
  { "/pyro/http.unknown/x" },
  { "/pyro/http.gone/x" },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Options"] = "oneway" } },
  { "/pyro/http.values/fail", headers = { ["X-Pyro-Options"] = "other,oneway" } },
  { "/pyro/http.values/told", headers = { ["X-Pyro-Options"] = "oneway" } },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Options"] = "twoway" } },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Correlation-Id"] = "11112222-1111-2222-3333-222244449999" } },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Correlation-Id"] = "{11112222111122223333222244449999}" } },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Correlation-Id"] = "1111" } },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Correlation-Id"] = "" } },
  { "/pyro/http.values/tell?what=one" },
}

--- Those with a body: only Pyro4's gateway reads it.
local FORMS = {
  { "/pyro/http.values/echo", body = "message=text", headers = { ["Content-Type"] = FORM } },
  { "/pyro/http.values/two?first=1", body = "second=a+b", headers = { ["Content-Type"] = FORM .. "; charset=utf-8" } },
  { "/pyro/http.values/echo", body = "message=a&message=b&x=", headers = { ["Content-Type"] = FORM } },
  { "/pyro/http.values/nothing", body = "x=1", headers = { ["Content-Type"] = FORM } },
}

--- Requests of clients that need a key.
local KEYED = {
  { "/pyro/http.values/nothing" },
  { "/pyro/http.values/nothing?$key=wrong" },
  { "/pyro/http.values/nothing?$key=sesame" },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Gateway-Key"] = "sesame" } },
  { "/pyro/http.values/nothing", headers = { ["X-Pyro-Gateway-Key"] = "wrong" } },
  { "/pyro/http.values/nothing?$key=sesame", headers = { ["X-Pyro-Gateway-Key"] = "wrong" } },
  { "/pyro/other/shown" },
  { "/pyro/other/shown?$key=sesame" },
}

--- Sorts the strings in a list of JSON.
local function sort(list)
  local items = {}
  for item in list:gmatch '"[^"]*"' do
    items[#items + 1] = item
  end
  table.sort(items)
  return "[" .. table.concat(items, ", ") .. "]"
end

--- Returns what is compared of an answer: all but what the system says in Python's words.
local function essence(answer, any_order)
  local body = answer.body:gsub("%[Errno 111%] Connection refused", "connection refused")
  body = any_order and body:gsub("%b[]", sort) or body
  return {
    status = answer.status,
    type = answer.headers["content-type"],
    location = answer.headers.location,
    correlated = answer.status ~= 500 and #(answer.headers["x-pyro-correlation-id"] or ""), -- errors: ours only
    body = body,
  }
end

describe("the HTTP gateway beside", function()
  teardown(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    local env

    local function prepare()
      if not env then
        local _
        _, env = peers.name_server(generation)
        serve(generation, env)
      end
    end

    local function compare(requests, ...)
      prepare()
      local theirs, ours = start(generation, env, ...), start("Lua", env, ...)
      for _, request in ipairs(requests) do
        if request.except ~= generation then
          local wanted = essence(http.ask(theirs, request), request.any_order)
          local got = essence(http.ask(ours, request), request.any_order)
          assert.are.same(wanted, got, request[1])
        end
      end
    end

    it(("%s's answers as that does"):format(generation) .. tags({ 47 }, "Lua", generation), function()
      compare(REQUESTS)
      if generation == "Pyro4" then
        compare(FORMS)
      end
    end)

    it(("%s's asks for a key as that does"):format(generation), function()
      compare(KEYED, "-g", "sesame")
    end)

    it(("%s's gives what that cannot"):format(generation), function()
      prepare()
      local ours = start("Lua", env)
      local function result(path)
        return http.ask(ours, { "/pyro/http.values/" .. path }).body
      end
      assert.equal('{"$bytes": "AP8="}', result "data")
      assert.equal('"one"\n2\n', result "items")
      local answer = http.ask(ours, { "/pyro/http.values/containers", body = "{}",
        headers = { ["Content-Type"] = "application/json" } })
      assert.matches('"tuple": {"$tuple": [1, {"$tuple": [2]}]}', answer.body, 1, true)
      assert.matches('"set": {"$set": [1]}', answer.body, 1, true)
      answer = http.ask(ours, { "/pyro/http.values/echo", body = '{"message": {"$tuple": [{"$set": [1]}, 2.0]}}',
        headers = { ["Content-Type"] = "application/json" } })
      assert.equal('{"$tuple": [{"$set": [1]}, 2.0]}', answer.body)
    end)

    it(("%s's sends objects of classes that its program knows"):format(generation), function()
      prepare()
      local program = peers.start("Lua", { "-e", [[
        pyro.registerClass("catalogue.Point", {})
        local gateway <close> = require "pyro.gateway".start { port = 0 }
        print("at " .. gateway.port .. ".")
        pyro.event():wait() ]], env = env })
      local point = '{"__class__": "catalogue.Point", "x": 1, "y": 2}'
      local function echo(port)
        return http.ask(port, { "/pyro/http.values/echo", body = ('{"message": %s}'):format(point),
          headers = { ["Content-Type"] = "application/json" } }).body
      end
      assert.equal(point, echo(tonumber(program:expect "at (%d+)%.")))
      assert.equal("400 Bad Request - unsupported serialized class: catalogue.Point", echo(start("Lua", env)))
    end)
  end
end)

describe("the HTTP gateway", function()
  after_each(process.stop_all)

  it("calls servers that take nothing but json, as Pyro4's does", function()
    local _, env = peers.name_server "Pyro4"
    local json = { PYRO_SERIALIZERS_ACCEPTED = "json", PYRO_NS_HOST = env.PYRO_NS_HOST,
      PYRO_NS_PORT = env.PYRO_NS_PORT }
    serve("Pyro4", json)
    for _, language in ipairs { "Pyro4", "Lua" } do
      local port = start(language, env)
      assert.equal('"x"', http.ask(port, { "/pyro/http.values/echo?message=x" }).body)
      assert.equal('"catalogue.Point"', http.ask(port, { "/pyro/http.values/point" }).body:match '"__class__": (".-")')
    end
  end)
end)

--- Asks for that by 16 connections at once, 300 times; returns the status codes, and how often they
--- came.
local function ask_together(url)
  local run = process.run { "curl", "-sk", "--parallel", "--parallel-max", "16", "-o", "/dev/null", "-w",
    "%{http_code}\n", url .. "?message=[1-300]" }
  local counts = {}
  for status in run.out:gmatch "%d+" do
    counts[status] = (counts[status] or 0) + 1
  end
  return counts
end

describe("the HTTP gateway's shared connections", function()
  after_each(process.stop_all)
  teardown(certificates.remove)

  for _, generation in ipairs(peers.generations()) do
    for _, scheme in ipairs { "http", "https" } do
      it(("are %s's multiplex server's, too, by %s"):format(generation, scheme), function()
        local tls = scheme == "https" and certificates.all(certificates.server(), certificates.client()) or {}
        local _, env = peers.name_server("Lua", tls)
        env = certificates.all(env, tls, { PYRO_SERVERTYPE = "multiplex" })
        serve(generation, env)
        env.PYRO_SERVERTYPE = nil
        local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", "-t", "5", env = env })
        local url = gateway:expect(scheme .. "://127.0.0.1:%d+/pyro/")
        assert.same({ ["200"] = 300 }, ask_together(url .. "http.values/echo"))
      end)
    end
  end
end)

describe("the HTTP gateway's calls of quick methods", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    it(("do not go together with one after whose error %s's server ends the connection"):format(generation), function()
      local _, env = peers.name_server "Lua"
      serve(generation, env)
      local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = env })
      local port = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
      local deny, nothing = { "/pyro/http.values/deny" }, { "/pyro/http.values/nothing" }
      for _ = 1, 101 do
        assert.equal(500, http.ask(port, deny).status)
      end
      for _ = 1, 101 do
        assert.equal(200, http.ask(port, nothing).status)
      end
      local sent = http.send_together(gateway, port, { deny, nothing, nothing, nothing })
      assert.equal(500, http.receive(sent[1]).status)
      for i = 2, 4 do
        assert.equal(200, http.receive(sent[i]).status)
      end
    end)
  end
end)

describe("the HTTP gateway's unused connections", function()
  after_each(process.stop_all)

  for _, generation in ipairs(peers.generations()) do
    it(("leave the threads of %s's server to others"):format(generation), function()
      local threads = { PYRO_THREADPOOL_SIZE = "3", PYRO_THREADPOOL_SIZE_MIN = "1" }
      local _, env = peers.name_server "Lua"
      serve(generation, certificates.all(env, threads))
      local port = start("Lua", env)
      local function use_all()
        local run = process.run { "curl", "-s", "--parallel", "--parallel-max", "30", "-o", "/dev/null", "-w",
          "%{http_code} ", ("http://localhost:%d/pyro/http.values/pause?[1-30]"):format(port) }
        assert.equal(("200 "):rep(30), run.out)
      end
      use_all()
      assert.equal('"shown"', http.ask(port, { "/pyro/http.with/slash/shown" }).body)
      use_all()
      local script = ('print(pyro.Proxy(pyro.locateNS():lookup "%s"):shown())'):format "http.with/slash"
      assert.is_true(process.eventually(function()
        return peers.run("Lua", { "-e", script, env = env }).output == "shown\n"
      end))
    end)
  end
end)

describe("Pyro4's client of its HTTP gateway", function()
  after_each(process.stop_all)

  it("gets the same of ours" .. tags({ 47 }, "Pyro4", "Lua"), function()
    local _, env = peers.name_server "Lua"
    peers.start("Lua", { "-m", "pyro.echoserver", "-n", env = env }):expect "echoserver running."
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-e", "Pyro|test", env = env })
    gateway:expect "gateway running on http://127.0.0.1:8080/pyro/"
    local client = peers.run("Pyro4", { "/usr/share/doc/pyro4/examples/http/client.py" })
    assert.equal(0, client.code, client.output)
    assert.matches("LIST--->\n{'Pyro.NameServer': 'PYRO:Pyro.NameServer@localhost:%d+',\n", client.out)
    assert.matches("META--->\n{'attributes': %[%],\n 'methods': %['count',", client.out)
    assert.matches("LOOKUP--->\n.*'PYRO'.*'Pyro.NameServer'", client.out)
    assert.matches("ONEWAY_SLOW--->\nNone\n", client.out)
    assert.matches("SLOW--->\n'Finally, an answer!'\n", client.out)
  end)
end)
