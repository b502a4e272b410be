-- listener.lua TOPIC
local pyro = require "pyro"
require "customdata"

local topic = assert(..., "Give topic as argument.")
local daemon <close> = pyro.Daemon {}
local listener = {}

--- Only here the data are made Lua values.
function listener:process_blob(blob)
  assert(blob.info == topic)
  local data = blob:deserialized()
  print(("Received custom data (type=%s):"):format(getmetatable(data).__name))
  print(("    a=%s, b=%s, c=%s"):format(data.a, data.b, data.c))
end

daemon:register(listener)
pyro.Proxy "PYRONAME:example.blobdispatcher":register(topic, listener)
print(("Listener for topic %s waiting for data."):format(topic))
daemon:requestLoop()
