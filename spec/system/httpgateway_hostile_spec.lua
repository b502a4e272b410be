--- The HTTP gateway, when servers tell strange things of their objects.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

describe("The HTTP gateway, among hostile servers,", function()
  local port, peer

  setup(function()
    local _, names = peers.name_server "Lua"
    peers.start("Pyro4", { "spec/interop/python/hostile_objects.py", env = names }):expect "READY"
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names })
    port = tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
    peer = http.send(port, { "/overview/events" })
  end)

  teardown(process.stop_all)

  --- Waits until the page is told what a pattern matches.
  local function expect(pattern)
    http.expect(peer, pattern)
  end

  it("shows all objects though one fails with a long reason", function()
    expect '"reason": "x'
    assert.equal(("é"):rep(149), peer.received:match '"reason": "x([^"]*)"')
    expect '"http.usual": %b{}'
  end)

  it("leaves out what was counted, where that is too much", function()
    expect '"http.wordy": %b{}'
    assert.is_nil(peer.received:find("mmm", 1, true))
    assert.is_true(#peer.received < 100000)
  end)

  it("refuses long names", function()
    expect '"malformed statistics"'
  end)

  it("tells of members what it understands, and of nothing else", function()
    local answer = http.ask(port, { "/overview/object?name=http.lying" })
    assert.equal(200, answer.status)
    assert.matches('"docs": {"hello": "Says it."}', answer.body, 1, true)
    assert.matches('"parameters": {"fail": ["why"]}', answer.body, 1, true)
  end)
end)
