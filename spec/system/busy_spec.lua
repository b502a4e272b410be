--- A program that was busy for longer than a timeout: what has come in meanwhile is read before the
--- time is said to be over.
local process = require "spec.support.process"
local pyro = require "pyro"
local raw = require "spec.support.raw"
local served = require "spec.support.served"

local TIMEOUT = 0.25

local SERVER = [[
  local daemon = pyro.Daemon {}
  local uri = daemon:register({ answer = function(_, size) return ("x"):rep(size) end }, "other")
  pyro.spawn(print, "URI", uri)
  daemon:requestLoop()
]]

--- Does something else until the time is over. Only luv's loop runs meanwhile.
local function be_busy()
  process.sleep(3 * TIMEOUT)
end

describe("a program that is busy", function()
  local uri

  --- Another client has been answered: so have all before it.
  local function await_answers()
    local run = process.run_pyrolua { "-e", ("print(pyro.Proxy '%s':answer(1))"):format(uri) }
    assert.are.equal("x\n", run.out)
  end

  before_each(function()
    uri = process.start_pyrolua({ "-e", SERVER }):expect "URI\t(%S+)"
  end)

  after_each(function()
    pyro.config.COMMTIMEOUT, pyro.config.HANDSHAKE_TIMEOUT = 0, 10
    served.close()
    process.stop_all()
  end)

  it("gets answers that were there in time", function()
    for _, size in ipairs { 1, 30000 } do
      local proxy <close> = pyro.Proxy(uri, { timeout = TIMEOUT })
      proxy:_pyroBind()
      local future = pyro.async(proxy):answer(size)
      pyro.step(0)
      await_answers()
      be_busy()
      assert.are.equal(size, #future.value)
      assert.is_true(proxy._pyroConnection)
    end
  end)

  --- Starts a call, is busy, and returns how the call ended.
  local function call_and_be_busy(proxy)
    local result
    pyro.spawn(function()
      result = select(2, pcall(function()
        return proxy:answer(2)
      end))
    end)
    pyro.step(0)
    be_busy()
    assert.is_true(served.soon(function()
      return result
    end))
    return result
  end

  it("still times out where nothing has come", function()
    local port = raw.serve {} -- accepts, and says nothing
    local proxy <close> = pyro.Proxy("PYRO:any@localhost:" .. port, { timeout = TIMEOUT, protocol = 48 })
    assert.are.equal("TimeoutError", call_and_be_busy(proxy).class)
  end)

  it("goes on connecting where the other side was in time", function()
    local proxy <close> = pyro.Proxy(uri, { timeout = 2 * TIMEOUT })
    assert.are.equal("xx", tostring(call_and_be_busy(proxy)))
  end)

  it("serves clients whose bytes have come, whatever its own timeouts", function()
    pyro.config.COMMTIMEOUT, pyro.config.HANDSHAKE_TIMEOUT = TIMEOUT, TIMEOUT
    local _, daemon = served.open { answer = function()
      return 42
    end }
    daemon:register({ answer = function()
      return 42
    end }, "here")
    local peer = raw.connect(tonumber(daemon.locationStr:match ":(%d+)$"))
    pyro.step(0) -- accepts
    for _, case in ipairs {
      { raw.hello "here", "CONNECTOK" },
      { raw.message(raw.INVOKE, raw.call("here", "answer")), "RESULT" },
    } do
      peer:send(case[1])
      be_busy()
      local name
      served.soon(function()
        name = peer:message(0.01)
        return name
      end)
      assert.are.equal(case[2], name)
    end
    peer:close()
  end)
end)
