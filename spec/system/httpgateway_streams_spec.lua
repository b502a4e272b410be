--- The HTTP gateway's streams.
local http = require "spec.support.http"
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local daemon = pyro.Daemon {}
  local Source = { open = 0, made = 0 }

  --- Items of that size, so many, a pause after each.
  function Source:items(count, size, pause)
    count, size, pause = tonumber(count), tonumber(size), tonumber(pause)
    self.open = self.open + 1
    return coroutine.wrap(function()
      local closing <close> = setmetatable({}, { __close = function() self.open = self.open - 1 end })
      for i = 1, count do
        self.made = i
        coroutine.yield(size and ("x"):rep(size) or i)
        pyro.sleep(pause or 0)
      end
    end)
  end

  function Source:strange()
    return coroutine.wrap(function()
      coroutine.yield(pyro.bytes "\0\xff")
      coroutine.yield(pyro.tuple { "line\nbreak", "\u{2028}</script>" })
      coroutine.yield(pyro.null)
      error(pyro.ValueError "in the middle")
    end)
  end

  function Source:quick() return "quick" end

  pyro.attributes(Source, "open", "made")
  pyro.locateNS():register("http.source", daemon:register(Source))
  print "READY"
  daemon:requestLoop()
]]

describe("The HTTP gateway", function()
  local names, port

  local function start(...)
    local gateway = peers.start("Lua", { "-m", "pyro.gateway", "-p", "0", env = names, ... })
    return tonumber(gateway:expect "gateway running on http://127%.0%.0%.1:(%d+)/pyro/\n")
  end

  setup(function()
    local _
    _, names = peers.name_server "Lua"
    names.PYROLUA_BYTES = "bytes"
    peers.start("Lua", { "-e", SERVER, env = names }):expect "READY"
    port = start()
  end)

  teardown(process.stop_all)

  local function ask(path, headers)
    return http.ask(port, { "/pyro/http.source/" .. path, headers = headers })
  end

  local function send(path, headers)
    return http.send(port, { "/pyro/http.source/" .. path, headers = headers })
  end

  --- Waits until the object says that.
  local function soon(path, body)
    local found = process.run_until(function()
      return ask(path).body == body
    end)
    assert.is_true(found, path .. " is " .. ask(path).body)
  end

  local EVENTS = { Accept = "text/event-stream" }

  it("sends results that come one by one as lines of JSON", function()
    local answer = ask "items?count=3"
    assert.equal(200, answer.status)
    assert.equal("application/x-ndjson; charset=utf-8", answer.headers["content-type"])
    assert.equal("1\n2\n3\n", answer.body)
    assert.equal("", ask("items?count=0").body)
    soon("open", "0")
  end)

  it("sends no events to who does not accept them", function()
    for _, accepted in ipairs { "text/event-stream;q=0", "*/*, text/event-stream ; Q = 0.000 ;x=1",
      "text/event-streams" } do
      assert.equal("1\n", ask("items?count=1", { Accept = accepted }).body, accepted)
    end
  end)

  it("sends them as events", function()
    local answer = ask("items?count=2", EVENTS)
    assert.equal("text/event-stream; charset=utf-8", answer.headers["content-type"])
    assert.equal("no-store", answer.headers["cache-control"])
    assert.equal("id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nevent: end\ndata: null\n\n", answer.body)
    for _, accepted in ipairs { "application/json;q=0.5, text/event-stream", "TEXT/Event-Stream ; q=0.1",
      "text/event-stream;q=0.001;x=0,*/*" } do
      assert.matches("^id: 1\n", ask("items?count=1", { Accept = accepted }).body, nil, accepted)
    end
    assert.equal('"quick"', ask("quick", EVENTS).body)
  end)

  it("sends each as soon as it is there", function()
    local peer = send("items?count=2&pause=1", EVENTS)
    http.expect(peer, "data: 1\n\n")
    peer:close()
    soon("open", "0")
  end)

  it("waits for an item for longer than for a result", function()
    local other = start("-t", "0.2")
    assert.equal("1\n2\n", http.ask(other, { "/pyro/http.source/items?count=2&pause=0.5" }).body)
  end)

  it("shows every 15 seconds that an event stream is still there, and has no proxy keep it", function()
    local peer = send("items?count=2&pause=16", EVENTS)
    http.expect(peer, "\nX%-Accel%-Buffering: no\r\n.*id: 1\ndata: 1\n\n\r\n3\r\n:\n\n\r\n")
    peer:close()
    soon("open", "0")
  end)

  it("writes items as it writes results", function()
    local answer = ask "strange"
    local lines = {}
    for line in answer.body:gmatch "[^\n]*\n" do
      lines[#lines + 1] = line
    end
    assert.equal('{"$bytes": "AP8="}\n', lines[1])
    assert.equal('["line\\nbreak", "\u{2028}</script>"]\n', lines[2])
    assert.equal("null\n", lines[3])
    assert.matches('^{"__class__": "builtins.ValueError", "__exception__": true, "args": %["in the middle"%]', lines[4])
    assert.is_nil(lines[5])
    answer = http.ask(port, { "/pyro/http.source/strange", body = "[]",
      headers = { ["Content-Type"] = "application/json", Accept = "text/event-stream" } })
    assert.matches('\ndata: {"$tuple": ["line\\nbreak", ', answer.body, 1, true)
    assert.matches('event: exception\ndata: {"__class__": "builtins.ValueError"', answer.body, 1, true)
  end)

  it("does not call a method again for a client that comes back for events", function()
    local answer = ask("items?count=2", { Accept = "text/event-stream", ["Last-Event-ID"] = "2" })
    assert.equal(204, answer.status)
  end)

  it("fetches no more than its client reads", function()
    local peer = send "items?count=1000&size=100000"
    http.expect(peer, "xxxx")
    peer:pause()
    local before
    repeat -- until what the system buffers is full
      before = tonumber(ask("made").body)
      process.run_until(function() end, 0.2)
    until tonumber(ask("made").body) == before
    assert.is_true(before < 1000)
    peer:read()
    assert.is_true(process.run_until(function()
      return tonumber(ask("made").body) > before
    end))
    peer:close()
    soon("open", "0")
  end)

  it("ends the stream of a client that goes while the object computes the next item", function()
    for _, headers in ipairs { {}, EVENTS } do
      local peer = send("items?count=2&pause=0.5", headers)
      http.expect(peer, "1\n")
      peer:reset()
      soon("open", "0")
    end
  end)
end)
