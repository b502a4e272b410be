local pyro = require "pyro"
local CustomData = require "customdata"

local dispatcher <close> = pyro.Proxy "PYRONAME:example.blobdispatcher"
while true do
  io.write "Enter topic to send data on (just enter to quit) "
  local topic = (io.read() or ""):match "%S+"
  if not topic then
    break
  end
  local data = CustomData.new(42, "hello world", pyro.datetime(os.time()))
  dispatcher:process_blob(pyro.SerializedBlob(topic, data))
  print "processed"
end
