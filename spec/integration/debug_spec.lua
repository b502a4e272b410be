--- pyro.debug(): what a process is doing.
local pyro = require "pyro"
local served = require "spec.support.served"

--- Returns the only row of a list that has these fields.
local function row(list, fields)
  local found
  for _, candidate in ipairs(list) do
    local fits = true
    for name, value in pairs(fields) do
      fits = fits and candidate[name] == value
    end
    assert(not (fits and found), "there are several")
    found = fits and candidate or found
  end
  return found or error("there is none of " .. #list .. " rows:\n" .. tostring(pyro.debug()), 2)
end

--- Returns the place of the caller's line, or so many lines after it.
local function here(offset)
  local info = debug.getinfo(2, "Sl")
  return ("%s:%d"):format(info.short_src, info.currentline + (offset or 0))
end

describe("the state of a process", function()
  local proxy, daemon, gate

  setup(function()
    proxy, daemon = served.open {
      held = function()
        gate:wait()
        return "answered"
      end,
      look = function()
        return tostring(pyro.debug())
      end,
      few = function(_, a, b)
        return a < b
      end,
    }
  end)

  teardown(served.close)

  before_each(function()
    gate = pyro.event()
  end)

  after_each(function()
    gate:set()
  end)

  local function connections()
    return row(pyro.debug().daemons, { location = daemon.locationStr }).connections
  end

  it("tells what tasks wait for, since when, and where", function()
    local places = {}
    local tasks = {
      pyro.spawn(function()
        places.sleep = here(1)
        pyro.sleep(100)
      end),
      pyro.spawn(function()
        places.event = here(1)
        gate:wait()
      end),
      pyro.spawn(function()
        places["request loop"] = here(1)
        daemon:requestLoop()
      end),
    }
    tasks[4] = pyro.spawn(function()
      places.task = here(1)
      pyro.join(tasks[1])
    end)
    pyro.sleep(0.1)
    local state = pyro.debug()
    for what, place in pairs(places) do
      local task = row(state.tasks, { where = place })
      assert.are.same({ "waiting", what }, { task.state, task.waits })
      assert(task.seconds > 0.05 and task.seconds < 20, task.seconds)
      assert.is_nil(task.thread)
    end
    assert.is_not_nil(row(state.tasks, { state = "running" }).where)
    for _, task in ipairs(tasks) do
      coroutine.close(task)
    end
  end)

  it("tells who runs, and what is served for whom", function()
    local report = proxy:look()
    local peer = row(connections(), { running = 0 }).peer
    assert.matches("running +%S*debug_spec.lua:%d+  serves obj_%x+%.look for " .. peer, report)
    assert.matches("waiting for reply, 0%.%d+ s +%S*debug_spec.lua:%d+\n", report)
  end)

  it("tells that a client has gone", function()
    do
      local other <close> = pyro.Proxy(proxy._pyroUri)
      pyro.async(other):held()
      assert.is_true(served.soon(function()
        return tostring(pyro.debug()):find "%.held for 127.0.0.1:%d+\n"
      end))
    end
    assert.is_true(served.soon(function()
      return tostring(pyro.debug()):find "%.held for 127.0.0.1:%d+ %(gone%)\n"
    end))
  end)

  it("counts the requests of a connection", function()
    local other <close> = pyro.Proxy(proxy._pyroUri)
    local before = #connections()
    for _ = 1, 3 do
      other:few(1, 2)
    end
    assert.are.equal(before + 1, #connections())
    local connection = connections()[before + 1]
    assert.are.same({ "ready", 3, 0, 0, 0 }, { connection.state, connection.requests,
      connection.running, connection.unread, connection.unsent })
    local future = pyro.async(other):held()
    assert.is_true(served.soon(function()
      return connections()[before + 1].running == 1
    end))
    gate:set()
    assert.are.equal("answered", future.value)
    assert.are.equal(4, connections()[before + 1].requests)
  end)

  it("shows the calls that wait for a reply", function()
    local other <close> = pyro.Proxy(proxy._pyroUri)
    assert.is_true(other:few(1, 2))
    local futures = { pyro.async(other):held(), pyro.async(other):few(1, 2) }
    pyro.sleep(0.05)
    local found
    for _, candidate in ipairs(pyro.debug().proxies) do
      found = #candidate.calls > 0 and candidate or found
    end
    assert.are.same({ tostring(proxy._pyroUri), "ready", "msgpack" },
      { found.uri, found.state, found.serializer })
    local first, second = table.unpack(found.calls)
    assert.are.same({ "held", "reply", "few", "reply" },
      { first.method, first.waits, second.method, second.waits })
    assert(first.seconds > 0.02 and first.seconds < 20, first.seconds)
    assert.matches("\n    held%(%) for reply, 0%.%d+ s\n    few%(%) for reply, ", tostring(pyro.debug()))
    gate:set()
    assert.are.equal("answered", futures[1].value)
  end)

  it("shows waits where Lua cannot yield", function()
    local state
    table.sort({ 1, 2 }, function()
      pyro.spawn(function()
        state = pyro.debug()
      end)
      pyro.sleep(0.01)
      return false
    end)
    local place = here(-3)
    assert.are.equal("sleep", row(state.tasks, { where = place, state = "waiting" }).waits)
  end)

  it("shows a connection that is being made", function()
    local listener <close> = pyro.Daemon { unixsocket = os.tmpname() .. ".sock" } -- nobody steps
    local other = pyro.Proxy(listener:uriFor "thing")
    local task = pyro.spawn(function()
      return other:anything()
    end)
    local state
    pyro.spawn(function()
      state = pyro.debug()
    end)
    assert.is_true(pyro.step(0))
    assert.are.equal("connecting", row(state.proxies, { uri = tostring(other._pyroUri) }).state)
    assert.are.equal("connection", row(state.tasks, { waits = "connection" }).waits)
    coroutine.close(task)
  end)

  it("shows a name that is being resolved, until nobody wants it", function()
    local listener <close> = pyro.Daemon { unixsocket = os.tmpname() .. ".sock" } -- nobody steps
    local named <close> = pyro.Proxy("PYRONAME:thing@" .. listener.locationStr)
    local shown = { uri = tostring(named._pyroUri), state = "resolving" }
    local task = pyro.spawn(function()
      return named:anything()
    end)
    local state
    pyro.spawn(function()
      state = pyro.debug()
    end)
    assert.is_true(pyro.step(0))
    assert.are.equal("connection", row(state.proxies, shown).calls[1].waits)
    coroutine.close(task)
    for _, other in ipairs(pyro.debug().proxies) do
      assert.are_not.equal(shown.uri, other.uri)
    end
  end)

  it("counts proxies that are not connected", function()
    collectgarbage()
    collectgarbage() -- frees what finalizers were called for
    local before = pyro.debug().proxies.idle
    local idle <close> = pyro.Proxy(proxy._pyroUri)
    assert.are.equal(before + 1, pyro.debug().proxies.idle)
    assert.is_true(idle:few(1, 2))
    assert.are.equal(before, pyro.debug().proxies.idle)
  end)

  it("is bounded: at most 200 rows of a kind", function()
    for _ = 1, 300 do
      pyro.spawn(gate.wait, gate)
    end
    pyro.sleep(0)
    local state = pyro.debug()
    assert.are.equal(200, #state.tasks)
    assert(state.tasks.more >= 100)
    assert.matches("\n  and " .. state.tasks.more .. " more\n", tostring(state))
  end)

  it("prints no control characters of peers", function()
    local odd <close> = pyro.Daemon { unixsocket = os.tmpname() .. "\27[31m" }
    assert.matches("\\x1b%[31m", tostring(pyro.debug()))
    assert.is_nil(tostring(pyro.debug()):find "\27")
    assert.are.equal("listening", row(pyro.debug().daemons, { location = odd.locationStr }).state)
  end)

  it("forgets daemons and proxies that are gone", function()
    local before = pyro.debug()
    do
      local gone = pyro.Daemon {}
      gone:close()
      pyro.Proxy(proxy._pyroUri):few(1, 2)
    end
    collectgarbage()
    collectgarbage()
    local after = pyro.debug()
    assert(#after.daemons <= #before.daemons, tostring(after))
    assert(after.proxies.idle <= before.proxies.idle, tostring(after))
  end)
end)
