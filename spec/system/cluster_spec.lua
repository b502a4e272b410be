--- Names on several hosts, while parts are killed and links are cut. CLUSTER=all has each part killed and
--- each link cut, and CLUSTER=losses counts what is lost in 20 runs; both print tables.
local cluster = require "spec.support.cluster"

local WHOLE = os.getenv "CLUSTER"
local LEASE = 5 -- seconds
local running

--- Lets the events happen one after the other; `check` gets what was seen of each.
local function live_through(wait, events, check)
  running = cluster.start(wait, LEASE)
  for _, event in ipairs(events) do
    running:settle()
    check(running:live_through(event))
  end
end

local function pause(failures)
  return ("%.1f s (%d)"):format(failures.longest, failures.count)
end

--- Prints a row of a table: how long there was no success, and how often something failed.
local function print_row(seen)
  print(("| %s | %s | %s | %s | %s | %s | %d |"):format(seen.event, pause(seen.Lua), pause(seen.Python),
    pause(seen.changes[1]), pause(seen.changes[2]), seen.whole and ("%.1f s"):format(seen.whole) or "no", seen.lost))
end

local function all_events()
  local events = { cluster.primary_killed(8), cluster.primary_cut(8) }
  for i = 1, 3 do
    events[#events + 1] = cluster.killed("redis" .. i, 8)
    events[#events + 1] = cluster.killed("sentinel" .. i, 4)
    events[#events + 1] = cluster.killed("publisher " .. i, 3)
    events[#events + 1] = cluster.cut(i, nil, 8)
    events[#events + 1] = cluster.cut(i, i % 3 + 1, 8)
  end
  for i = 1, 2 do
    events[#events + 1] = cluster.killed("name server " .. i, 3)
    events[#events + 1] = cluster.cut(i, 4, 6)
  end
  return events
end

describe("names on several hosts", function()
  after_each(function()
    running:stop()
  end)

  it("are all right soon after a part was killed or a link cut, and none is lost", function()
    local events = { cluster.primary_killed(6), cluster.killed("name server 1", 2), cluster.primary_cut(6),
      cluster.cut(1, 2, 4) }
    live_through(1, WHOLE == "all" and all_events() or events, function(seen)
      if WHOLE then
        print_row(seen)
      end
      assert.is_truthy(seen.whole, seen.event .. ": it did not become whole again")
      assert.is_true(seen.whole <= LEASE + 5, ("%s: %.1f s"):format(seen.event, seen.whole))
      assert.are.equal(0, seen.lost, seen.event)
    end)
  end)

  if WHOLE == "losses" then
    for wait = 0, 2 do
      it(("are lost as the manual says, with wait=%d"):format(wait), function()
        local events = {}
        for i = 1, 40 do
          events[i] = i % 2 == 0 and cluster.primary_cut(8) or cluster.primary_killed(8)
        end
        local lost, with_losses = {}, {}
        live_through(wait, events, function(seen)
          lost[seen.event] = (lost[seen.event] or 0) + seen.lost
          with_losses[seen.event] = (with_losses[seen.event] or 0) + (seen.lost > 0 and 1 or 0)
          assert.is_true(seen.lost == 0 or wait < 2, seen.event)
        end)
        for event, count in pairs(lost) do
          print(("| wait=%d | %s | %d of 20 | %d |"):format(wait, event, with_losses[event], count))
        end
      end)
    end
  end
end)
