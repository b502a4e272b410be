local pyro = require "pyro"
require "message"

io.write "hostname to bind on (empty=localhost): "
local daemon <close> = pyro.Daemon { host = (io.read() or ""):match "%S+" or "localhost" }
local bus = pyro.Proxy "PYRONAME:Pyro.MessageBus"
local subscriber = {}

function subscriber:incoming_message(topic, message)
  print "\nGOT MESSAGE:"
  print("   topic: " .. topic)
  print("   msgid: " .. message.msgid)
  print(" created: " .. message.created:gsub("T", " "))
  print("    data: " .. pyro.repr(message.data))
end

--- Several of the same topic, which came while this one was busy.
function subscriber:incoming_messages(topic, messages)
  for _, message in ipairs(messages) do
    self:incoming_message(topic, message)
  end
end

daemon:register(subscriber)
print("Topics on the bus:  " .. pyro.repr(bus:topics()))
print "Subscribing to weather-forecast."
bus:subscribe("weather-forecast", subscriber)
print "Subscribed on weather-forecast"
daemon:requestLoop()
