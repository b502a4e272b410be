-- listener.lua TOPIC
local pyro = require "pyro"

local topic = ...
local daemon = pyro.Daemon {}
local listener = {}

--- Only here the data are made Lua values.
function listener:process(blob)
  local kind, count = table.unpack(blob:deserialized())
  print(("%s: %d bolts of type %s"):format(blob.info, count, kind))
end

daemon:register(listener)
pyro.Proxy "PYRONAME:example.blobdispatcher":register(topic, listener)
print("The listener to " .. topic .. " is running.")
daemon:requestLoop()
