--- Descriptors: waiting for one that is somebody else's, and being waited for by a loop of another library.
local process = require "spec.support.process"

describe("pyro.readable", function()
  after_each(process.stop_all)

  local function start(code)
    return process.start_pyrolua { "-e", code }
  end

  it("waits for input, and for its end, while tasks go on", function()
    local run = start [[
      pyro.spawn(function() for i = 1, 3 do pyro.sleep(0.05) print("tick " .. i) end print "waiting" end)
      pyro.readable(0)
      print(io.read "l")
      pyro.readable(0)
      print(io.read "l")]]
    run:expect "tick 1\ntick 2\ntick 3\nwaiting\n"
    run:write "a line\n"
    run:expect "a line\n"
    run:close_input()
    run:expect "nil\n"
    assert.are.equal(0, (run:wait()))
  end)

  it("waits where nobody can yield", function()
    local run = start [[
      local list = { 1, 2 }
      table.sort(list, function(a, b) pyro.readable(0) return a < b end)
      print "sorted"]]
    run:write "x"
    run:expect "sorted\n"
    assert.are.equal(0, (run:wait()))
  end)

  it("leaves the descriptor as it was", function()
    local run = start [[
      local function flags() return io.open "/proc/self/fdinfo/0":read "a":match "flags:%s+(%d+)" end
      local before = flags()
      pyro.readable(0)
      print(before == flags(), #before)]]
    run:write "x"
    run:expect "true\t%d"
  end)

  it("refuses what cannot be watched", function()
    local run = start [[
      local function says(...) print(select(2, pcall(pyro.readable, ...))) end
      says(4000)
      says(-1)
      says "x"
      pyro.spawn(says, 0)
      pyro.readable(0)]]
    run:expect "OSError: cannot watch descriptor 4000: bad file descriptor\n"
    run:expect "a descriptor is not negative"
    run:expect "the descriptor must be integer, got string\n"
    run:expect "OSError: cannot watch descriptor 0: it is already watched\n"
    run:write "x"
    assert.are.equal(0, (run:wait()))
    run = process.run { "sh", "-c", table.concat(process.pyrolua(), " ")
      .. " -e 'pyro.readable(0)' < scripts/embed.lua" }
    assert.matches("OSError: cannot watch descriptor 0: operation not permitted", run.err)
  end)

  it("lets go of a descriptor when its waiter is gone", function()
    local run = start [[
      pyro.spawn(pyro.readable, 0)
      pyro.sleep(0.05)
      print "over"]]
    run:expect "over\n"
    assert.are.equal(0, (run:wait()))
  end)
end)

describe("a loop of another library", function()
  after_each(process.stop_all)

  --- Only luv's loop waits: it polls pyrolua's descriptor, no longer than pyro.timeout() says.
  local LOOP = [[
    local uv = require "luv"
    local poll, timer, prepare = uv.new_poll(pyro.fileno()), uv.new_timer(), uv.new_prepare()
    local function step() pyro.step(0) end
    poll:start("r", step)
    prepare:start(function() -- right before each poll
      local seconds = pyro.timeout()
      if seconds then timer:start(math.ceil(seconds * 1000), 0, step) else timer:stop() end
    end)
    function run(over)
      repeat uv.run "once" until over()
    end]]

  it("serves calls, makes them, and wakes tasks", function()
    local server = process.start_pyrolua { "-e", LOOP .. [[
      local counter, calls = {}, 0
      function counter:count() calls = calls + 1 return calls end
      print(pyro.Daemon {}:register(counter, "counter")) io.stdout:flush()
      run(function() return calls == 3 end)
      pyro.step(0)]] }
    local uri = server:expect "(PYRO:%S+)"
    local client = process.start_pyrolua { "-e", LOOP .. ([[
      local answers, slept = {}, false
      pyro.spawn(function() pyro.sleep(0.05) slept = true end)
      pyro.spawn(function()
        local counter <close> = pyro.Proxy "%s"
        for i = 1, 3 do answers[i] = counter:count() end
      end)
      run(function() return slept and answers[3] end)
      print(pyro.repr(answers))]]):format(uri) }
    client:expect "%[1, 2, 3%]\n"
    assert.are.equal(0, (client:wait()))
    assert.are.equal(0, (server:wait()))
  end)
end)
