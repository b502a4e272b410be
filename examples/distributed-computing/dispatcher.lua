-- Hands out work to workers, and collects their results.
local pyro = require "pyro"

local dispatcher = {}
local work, results = {}, {}

--- The first of a list, as soon as there is one. Whoever waits here does not hold up the others.
local function take(list)
  while #list == 0 do
    pyro.sleep(0.02)
  end
  return table.remove(list, 1)
end

function dispatcher:put_work(item)
  table.insert(work, item)
end

function dispatcher:get_work()
  return take(work)
end

function dispatcher:put_result(item)
  table.insert(results, item)
end

function dispatcher:get_result()
  return take(results)
end

pyro.Daemon.serveSimple { [dispatcher] = "example.dispatcher" }
