-- A worker that calls back when it is done.
local pyro = require "pyro"

local worker = {}

--- Takes on some work, and calls `listener` for each step of it.
function worker:work(steps, listener)
  print(("working in %d steps"):format(steps))
  pyro.spawn(function()
    for step = 1, steps do
      pyro.sleep(0.1)
      listener:progress(step, steps)
    end
    listener:done("all " .. steps .. " steps")
    print "finished"
  end)
end

pyro.Daemon.serveSimple { [worker] = "example.callback" }
