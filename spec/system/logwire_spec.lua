--- LOGWIRE: the messages that pass, in the log.
local process = require "spec.support.process"

local SERVER = [[
  local daemon = pyro.Daemon {}
  pyro.spawn(print, "PORT", daemon:register({ echo = function(_, value) return value end }, "x").port)
  daemon:requestLoop()]]
local CLIENT = [[print(pyro.Proxy("PYRO:x@localhost:%s"):echo "to\27and\nfro")]]

--- Has a server called with these settings; returns what both log.
local function logs(settings)
  local env = { PYRO_LOGFILE = "{stderr}" }
  for name, value in pairs(settings) do
    env[name] = value
  end
  local server = process.start_pyrolua { "-e", SERVER, env = env }
  local port = server:expect "PORT%s+(%d+)"
  local client = process.run_pyrolua { "-e", CLIENT:format(port), env = env }
  assert.are.equal("to\27and\nfro\n", client.out)
  server:kill "sigterm"
  server:wait()
  return server.err, client.err
end

describe("LOGWIRE", function()
  after_each(process.stop_all)

  for _, protocol in ipairs { "48", "502" } do
    it("logs each message on both sides, in protocol " .. protocol .. " #r44", function()
      local server, client = logs { PYRO_LOGWIRE = "true", PYRO_LOGLEVEL = "DEBUG", PYRO_PROTOCOL = protocol }
      local function passes(direction, back, what)
        local pattern = ("protocol=%s msgtype=%s corr_id=%%? data=%%d+ bytes: [^\n]*%s")
          :format(protocol, what[1], what[2])
        assert.matches("%[[%d%-]+ [%d:.]+,pyrolua%.proxy,DEBUG%] proxy wiredata " .. direction
          .. ": 127%.0%.0%.1:%d+: " .. pattern, client)
        assert.matches("%[[%d%-]+ [%d:.]+,pyrolua%.daemon,DEBUG%] daemon wiredata " .. back
          .. ": 127%.0%.0%.1:%d+: " .. pattern, server)
      end
      passes("sending", "received", { "1 flags=0x10 ser=serpent seq=0 annotations=%d bytes", "handshake" })
      passes("received", "sending", { "2 flags=0x10 ser=serpent seq=0 annotations=%d bytes", "methods" })
      passes("sending", "received", { "4 flags=0x0 ser=msgpack seq=1 annotations=0 bytes", "to\\x1band\\x0afro" })
      passes("received", "sending", { "5 flags=0x0 ser=msgpack seq=1 annotations=0 bytes", "to\\x1band\\x0afro" })
    end)
  end

  it("is off unless both it and the level say so", function()
    for _, settings in ipairs { { PYRO_LOGLEVEL = "DEBUG" }, { PYRO_LOGWIRE = "true" },
      { PYRO_LOGWIRE = "true", PYRO_LOGLEVEL = "INFO" } } do
      local server, client = logs(settings)
      assert.is_nil((server .. client):find("wiredata", 1, true))
    end
  end)

  it("cuts what is long", function()
    local server = process.start_pyrolua { "-e", SERVER }
    local port = server:expect "PORT%s+(%d+)"
    local client = process.run_pyrolua { "-e", ("print(#pyro.Proxy('PYRO:x@localhost:%s'):echo(('x'):rep(100000)))")
      :format(port), env = { PYRO_LOGFILE = "{stderr}", PYRO_LOGWIRE = "1", PYRO_LOGLEVEL = "DEBUG" } }
    assert.are.equal("100000\n", client.out)
    assert.matches("data=1000%d%d bytes: [^\n]*xxx%.%.%.\n", client.err)
    assert.is_true(#client.err < 10000)
  end)
end)
