--- Pages of other sites and the HTTP gateway, in a real browser (spec/support/page/foreign.py).
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local COUNTER = [[
  local Counter = { counts = {} }
  function Counter:count(page, way) self.counts[page] = self:calls(page) + 1 end
  function Counter:calls(page) return self.counts[page] or 0 end
  local daemon = pyro.Daemon {}
  pyro.locateNS():register("http.counter", daemon:register(Counter))
  print "READY"
  daemon:requestLoop()
]]

--- What the browser sends in each way, and the gateway answers: to a page of another site; to one
--- whose own name leads to the gateway; to one of a site that may call.
local WAYS = {
  { "fetch", "GET 403", "GET 421", "GET 200" },
  { "no-cors", "GET 403", "GET 421", "GET 403" },
  { "text", "POST 403", "POST 421", "POST 415" },
  { "text no-cors", "POST 403", "POST 421", "POST 415" },
  { "json", "OPTIONS 403", "POST 421", "OPTIONS 200, POST 200" },
  { "beacon", "POST 403", "POST 421", "POST 200" },
  { "events", "GET 403", "GET 421", "GET 200" },
  { "socket", "GET 403", "GET 421", "GET 200" },
  { "image", "GET 403", "GET 421", "GET 403" },
  { "redirect", "GET 403", "GET 421", "GET 403" },
  { "script", "GET 403", "GET 421", "GET 403" },
  { "style", "GET 403", "GET 421", "GET 403" },
  { "prefetch", "GET 403", "GET 421", "GET 403" },
  { "frame", "GET 403", "GET 421", "GET 403" },
  { "sandbox", "GET 403", "GET 421", "GET 403" },
  { "form", "POST 403", "POST 421", "POST 200" },
  { "location", "GET 403", "GET 421", "GET 403" },
  { "overview", "GET 200", "GET 421", "GET 200" },
}
local FOREIGN, REBOUND, FRIENDLY = 2, 3, 4

local BROWSING = 300 -- seconds that the browser may take

--- Starts a gateway that pages of http://friend.example at a port may use; returns its port.
local function start_gateway(env, sites)
  local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", "--host", "gateway.example",
    "-c", "http://friend.example:" .. sites, env = env })
  return tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
end

--- Returns what was sent and answered, by page and host of the gateway, and by way.
local function browse(sites, gateway)
  local browser = process.start { "/usr/bin/python3", "-B", "spec/support/page/foreign.py", tostring(sites),
    tostring(gateway) }
  browser:close_input()
  assert.equal(0, browser:wait(BROWSING), browser.output)
  local found = {}
  for page, host, way, said in browser.out:gmatch "([^\t\n]+)\t([^\t]+)\t([^\t]+)\t([^\n]+)\n" do
    local key = page .. " " .. host
    found[key] = found[key] or {}
    found[key][way] = said
  end
  return found
end

describe("In a real browser,", function()
  local gateway, found

  setup(function()
    local _, env = peers.name_server "Lua"
    peers.start("Lua", { "-e", COUNTER, env = env }):expect "READY"
    local sites = process.free_port()
    gateway = start_gateway(env, sites)
    found = browse(sites, gateway)
  end)

  teardown(process.stop_all)

  local function assert_calls(count, page)
    assert.equal(tostring(count), http.ask(gateway, { "/pyro/http.counter/calls?page=" .. page }).body)
  end

  --- Checks what came of all ways of a page with a host of the gateway.
  local function assert_answers(column, page, host)
    local wanted = {}
    for _, row in ipairs(WAYS) do
      wanted[row[1]] = row[column]
    end
    assert.are.same(wanted, found[page .. " " .. host])
  end

  it("pages of other sites call nothing in any way", function()
    assert_answers(FOREIGN, "foreign.example", "localhost")
    assert_answers(FOREIGN, "foreign.example", "gateway.example")
    assert_answers(REBOUND, "foreign.example", "foreign.example")
    assert_calls(0, "foreign.example")
  end)

  it("those of an origin that is allowed call where the browser says it", function()
    assert_answers(FRIENDLY, "friend.example", "localhost")
    assert_answers(FRIENDLY, "friend.example", "gateway.example")
    assert_calls(12, "friend.example")
  end)

  it("the gateway's own page calls", function()
    assert.are.same({ fetch = "GET 200" }, found["own localhost"])
    assert.are.same({ fetch = "GET 200" }, found["own gateway.example"])
    assert_calls(2, "own")
  end)

  it("addresses that the user gives call where requests are marked", function()
    assert.are.same({ overview = "GET 200", address = "GET 200", redirect = "GET 200" }, found["none localhost"])
    assert.are.same({ overview = "GET 200", address = "GET 403", redirect = "GET 403" },
      found["none gateway.example"])
    assert_calls(2, "none")
  end)
end)
