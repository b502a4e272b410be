-- subscriber.lua TOPIC…: shows what is published on these topics.
local pyro = require "pyro"

local daemon = pyro.Daemon {}
local subscriber = {}
pyro.oneway(subscriber, "receive")

function subscriber:receive(topic, message)
  print(("%s: %s is %s"):format(topic, message.name, message.value))
end

daemon:register(subscriber)
local bus = pyro.Proxy "PYRONAME:example.messagebus"
for _, topic in ipairs { ... } do
  bus:subscribe(topic, subscriber)
end
print "The subscriber is running."
daemon:requestLoop()
