-- Passes blobs on to those who want them, without looking into them.
local pyro = require "pyro"

local Dispatcher = { __name = "Dispatcher" }
Dispatcher.__index = Dispatcher
pyro.behavior(Dispatcher, { instance_mode = "single" })

function Dispatcher.new()
  return setmetatable({ listeners = {} }, Dispatcher) -- topic -> list
end

function Dispatcher:register(topic, listener)
  self.listeners[topic] = self.listeners[topic] or {}
  table.insert(self.listeners[topic], listener)
  print(("New listener for topic %s registered: %s"):format(topic, listener._pyroUri))
end

--- The blob's info says what to do with it; its data stay as they came.
function Dispatcher:process_blob(blob)
  print("Dispatching blob with name: " .. blob.info)
  for _, listener in ipairs(self.listeners[blob.info] or {}) do
    listener:process_blob(blob)
  end
end

pyro.Daemon.serveSimple { [Dispatcher] = "example.blobdispatcher" }
