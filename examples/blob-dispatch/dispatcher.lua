-- Passes messages on to those who want them, without looking into them.
local pyro = require "pyro"

local dispatcher = {}
local listeners = {} -- topic -> list

function dispatcher:register(topic, listener)
  listeners[topic] = listeners[topic] or {}
  table.insert(listeners[topic], listener)
  print("a listener to " .. topic)
end

--- The blob's info says what to do with it; its data stay as they came.
function dispatcher:process(blob)
  print("something for " .. blob.info)
  for _, listener in ipairs(listeners[blob.info] or {}) do
    listener:process(blob)
  end
end

pyro.Daemon.serveSimple { [dispatcher] = "example.blobdispatcher" }
