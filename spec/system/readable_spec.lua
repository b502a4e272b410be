--- pyro.readable(): waiting for a descriptor that is somebody else's.
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
    run:expect "number expected, got string"
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
