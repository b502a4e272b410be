--- The HTTP gateway's description of what it exposes, in the form of OpenAPI.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local daemon = pyro.Daemon {}
  local Shop = { motto = "cheap" }
  --- Sells fruit.
  ---
  --- Says how much is <left>.
  function Shop:buy(fruit, number) end
  function Shop:any(first, ...) end
  function Shop:tell() end
  function Shop:_hidden() end
  Shop.opaque = print
  pyro.oneway(Shop, "tell")
  pyro.attributes(Shop, "motto")
  pyro.document(Shop, { "A shop.", buy = "Sells fruit.\n\nSays how much is <left>.", motto = "What it says." })
  local function register(name, object)
    pyro.locateNS():register(name, daemon:register(object))
  end
  register("http.shop", Shop)
  register("http.a/{b} c", { hello = function() end })
  register("hidden", { hello = function() end })
  pyro.locateNS():register("http.gone", "PYRO:gone@localhost:1")
  function daemon:authorize() return true end
  print "READY"
  daemon:requestLoop()
]]

--- Prints what a description has, or what is wrong with it.
local CHECK = [==[
import json, re, sys
from urllib.parse import urljoin
document = json.load(sys.stdin)
seen = set()

def resolve(reference):
    assert reference.startswith("#/"), reference
    value = document
    for part in reference[2:].split("/"):
        value = value[part]
    return value

def walk(value):
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        walk(item)
    if isinstance(value, dict) and "$ref" in value:
        assert list(value) == ["$ref"] and resolve(value["$ref"])

walk(document)
assert document["openapi"] == "3.1.0" and {"title", "version"} <= set(document["info"])
server, = document["servers"]
for prefix in "http://localhost:8080/", "https://example.org/behind/a/proxy/":
    assert urljoin(prefix + "pyro/openapi.json", server["url"]) == prefix
tags = [tag["name"] for tag in document["tags"]]
for path, operations in sorted(document["paths"].items()):
    assert path.startswith("/pyro/") and "{" not in path
    headers = [resolve(p["$ref"])["name"] for p in operations.pop("parameters")]
    for verb, operation in sorted(operations.items()):
        assert verb in ("get", "post")
        assert operation["operationId"] not in seen and re.fullmatch("[A-Za-z0-9._~/:=$-]+", operation["operationId"])
        seen.add(operation["operationId"])
        responses = {status: resolve(response["$ref"]) for status, response in operation["responses"].items()}
        assert set(operation["tags"]) <= set(tags) and set(responses) == {"200", "204", "4XX", "500", "503"}
        assert "content" not in responses["204"]
        assert all("X-Pyro-Correlation-Id" in responses[status]["headers"] for status in ("200", "500"))
        assert ("content" in responses["200"]) != operation.get("x-pyro-oneway", False)
        assert ("X-Pyro-Options" in headers) == ("post" in operations) and "X-Pyro-Correlation-Id" in headers
        query = ["%s in %s" % (p["name"], p["in"]) for p in operation.get("parameters", [])]
        body = operation.get("requestBody", {}).get("content", {})
        assert set(body) <= {"application/json"}, "tools take another body, which loses types"
        arguments = body["application/json"]["schema"]["oneOf"][0] if body else {}
        print(verb, path, query, sorted(arguments.get("properties", [])), arguments.get("additionalProperties"),
              operation.get("summary"), operation.get("description"), operation.get("x-pyro-oneway"), sep="|")
print([(tag["name"], tag.get("description")) for tag in document["tags"]], document.get("security"))
]==]

describe("The HTTP gateway's OpenAPI", function()
  local names

  setup(function()
    local _
    _, names = peers.name_server "Lua"
    peers.start("Lua", { "-e", SERVER, env = names }):expect "READY"
  end)

  teardown(process.stop_all)

  local function start(...)
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names, ... })
    return tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
  end

  local function describe_(port, headers)
    local answer = http.ask(port, { "/pyro/openapi.json", headers = headers })
    assert.equal(200, answer.status, answer.body)
    assert.equal("application/json; charset=utf-8", answer.headers["content-type"])
    local check = process.run { "/usr/bin/python3", "-c", CHECK, input = answer.body }
    assert.equal(0, check.code, check.output)
    return check.out
  end

  it("tells methods, parameters and texts", function()
    assert.equal([=[
get|/pyro/http.a%2F%7Bb%7D%20c/hello|[]|[]|None|hello|None|None
post|/pyro/http.a%2F%7Bb%7D%20c/hello|[]|[]|False|hello|None|None
get|/pyro/http.shop/any|['first in query']|[]|None|any|None|None
post|/pyro/http.shop/any|[]|['first']|True|any|None|None
get|/pyro/http.shop/buy|['fruit in query', 'number in query']|[]|None|Sells fruit.|Says how much is <left>.|None
post|/pyro/http.shop/buy|[]|['fruit', 'number']|False|Sells fruit.|Says how much is <left>.|None
get|/pyro/http.shop/motto|[]|[]|None|What it says.|None|None
get|/pyro/http.shop/opaque|[]|[]|None|opaque|None|None
post|/pyro/http.shop/opaque|[]|[]|True|opaque|None|None
get|/pyro/http.shop/tell|[]|[]|None|tell|None|True
post|/pyro/http.shop/tell|[]|[]|False|tell|None|True
[('http.a/{b} c', None), ('http.gone', None), ('http.shop', 'A shop.')] []
]=], describe_(start()))
  end)

  it("tells what the client may use", function()
    local rules = process.file("gate.allow", "allow http.shop buy user anna\nallow http.shop motto\n")
    local port = start("--allow", rules, "--keys", process.file("keys", "anna A\nbob B\n"))
    assert.equal(403, http.ask(port, { "/pyro/openapi.json" }).status)
    local told = describe_(port, { ["X-Pyro-Gateway-Key"] = "A" })
    assert.matches("^get|/pyro/http.shop/buy|[^\n]*\npost|/pyro/http.shop/buy|[^\n]*\n"
      .. "get|/pyro/http.shop/motto|[^\n]*\n%[%('http.shop', 'A shop.'%)%] %[{'key': %[%]}%]\n$", told)
    assert.is_nil(describe_(port, { ["X-Pyro-Gateway-Key"] = "B" }):find "buy")
  end)

  it("tells of objects in Python what these tell", function()
    local _, env = peers.name_server "Pyro4"
    peers.start("Pyro4", { "spec/interop/python/gateway_objects.py", "Pyro4", env = env }):expect "READY"
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = env })
    local told = describe_(tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n"))
    assert.matches("post|/pyro/http.values/two|[]|[]|True|two|None|None\n", told, 1, true)
    assert.matches("get|/pyro/http.values/told|[]|[]|None|told|None|None\n", told, 1, true)
    assert.is_nil(told:find "other")
  end)

  it("keeps pages of others out", function()
    local answer = http.ask(start(), { "/pyro/openapi.json", headers = { ["Sec-Fetch-Site"] = "cross-site" } })
    assert.equal(403, answer.status)
  end)

  it("says when there is no name server", function()
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0",
      env = { PYRO_NS_HOST = "localhost", PYRO_NS_PORT = tostring(process.free_port()) } })
    local port = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
    local answer = http.ask(port, { "/pyro/openapi.json" })
    assert.equal(500, answer.status)
    assert.matches('"__class__": "Pyro4.errors.NamingError"', answer.body, 1, true)
  end)
end)
