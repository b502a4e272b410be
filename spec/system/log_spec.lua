--- What a server logs where nothing is set: a method that fails leaves a trace.
local peers = require "spec.support.peers"
local process = require "spec.support.process"

local SERVER = [[
  local shop = {}
  function shop:text() error "sold out" end
  function shop:value() error(pyro.ValueError "no\27[2J\nchairs\u{202e}\u{2028}") end
  function shop:table() error { code = 5 } end
  function shop:note() error "unheard" end
  function shop:items() return coroutine.wrap(function() error "no more" end) end
  function shop:stop() self.daemon:shutdown() end
  pyro.oneway(shop, "note", "stop")
  local daemon = pyro.Daemon {}
  shop.daemon = daemon
  function daemon:validateHandshake(_, data) assert(data ~= "wrong", "who are you?") end
  print(daemon:register(shop, "shop"))
  daemon:requestLoop()]]

local LINE = "%%[%d+%-%d+%-%d+ %d+:%d+:%d+%.%d+,pyrolua%.daemon,WARNING%] 127%.0%.0%.1:%d+: "
local CALL = " %[correlation_id=%x+%-%x+%-4%x+%-%x+%-%x+%]"

local function start(env)
  local server = process.start_pyrolua { "-e", SERVER, env = env }
  return server, (server:expect "(PYRO:shop@%S+)\n")
end

--- Runs code that has the proxy as a local variable.
local function run(uri, code)
  local client = process.run_pyrolua { "-e", ("local shop = pyro.Proxy '%s' %s"):format(uri, code) }
  assert.are.equal("", client.err)
end

local function ended(server)
  assert.are.equal(0, (server:wait()))
  return server.err
end

--- Whether each is a line, in order.
local function assert_lines(texts, err)
  local at = 1
  for _, text in ipairs(texts) do
    local _, last = err:find("^" .. LINE:gsub("^%%", "", 1) .. text .. "\n", at)
    assert(last, ("%s\nexpected: %s"):format(err, text))
    at = last + 1
  end
  assert.are.equal(#err + 1, at, err)
end

describe("a server's log", function()
  after_each(process.stop_all)

  it("has a line for each method that fails, on the standard error", function()
    local server, uri = start()
    run(uri, [[
      pcall(shop.text, shop) pcall(shop.value, shop) pcall(shop.table, shop) shop:note()
      local batch = pyro.batch(shop)
      batch:text()
      pcall(batch())
      pcall(shop:items())
      pcall(function() return pyro.Proxy(shop._pyroUri, { handshake = "wrong" }):text() end)
      shop:stop()]])
    assert_lines({ "shop%.text: RuntimeError: %(command line%):2: sold out" .. CALL,
      "shop%.value: ValueError: no\\x1b%[2J\\x0achairs\\xe2\\x80\\xae\\xe2\\x80\\xa8" .. CALL,
      "shop%.table: RuntimeError: {'code': 5}" .. CALL,
      "shop%.note: RuntimeError: %(command line%):5: unheard" .. CALL,
      "shop%.text: RuntimeError: %(command line%):2: sold out" .. CALL,
      "shop%.items: RuntimeError: %(command line%):6: no more" .. CALL,
      "handshake failed: %(command line%):11: who are you%?" }, ended(server))
  end)

  it("is silent where LOGLEVEL says so, and goes where LOGFILE says", function()
    local server, uri = start { PYRO_LOGLEVEL = "" }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    assert.are.equal("", ended(server))
    server, uri = start { PYRO_LOGLEVEL = "CRITICAL", PYRO_LOGFILE = "{stderr}" }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    assert.are.equal("", ended(server))
    local path = process.file("named.log", "")
    server, uri = start { PYRO_LOGFILE = path }
    run(uri, "pcall(shop.text, shop) shop:stop()")
    assert.are.equal("", ended(server))
    assert_lines({ "shop%.text: .*" }, assert(io.open(path)):read "a")
  end)

  it("counts what peers could flood it with", function()
    local server, uri = start()
    run(uri, "for i = 1, 500 do pcall(shop.text, shop) end shop:stop()")
    local err = ended(server)
    local _, lines = err:gsub("\n", "")
    local told = 0
    for count in err:gmatch "WARNING%] (%d+) more calls of shop.text failed: RuntimeError\n" do
      told, lines = told + count, lines - 1
    end
    assert.are.equal(500, lines + told)
    assert.is_true(lines < 100, err)
  end)

  it("does not have names that a name server does not know", function()
    local server, env = peers.name_server "Lua"
    for _ = 1, 2 do
      process.run_pyrolua { "-e", "pyro.locateNS():lookup 'nobody'", env = env }
    end
    server:kill "sigterm"
    server:wait()
    assert.are.equal("", server.err)
  end)
end)
