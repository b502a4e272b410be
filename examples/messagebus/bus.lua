-- A message bus: what is published on a topic goes to all who subscribed to it.
local pyro = require "pyro"

local bus = {}
local subscribers = {} -- topic -> list of subscribers
pyro.oneway(bus, "publish")

function bus:subscribe(topic, subscriber)
  subscribers[topic] = subscribers[topic] or {}
  table.insert(subscribers[topic], subscriber)
  print("a subscriber to " .. topic)
end

--- Nobody waits for this one: a publisher goes on at once.
function bus:publish(topic, message)
  local list = subscribers[topic] or {}
  for i = #list, 1, -1 do
    if not pcall(list[i].receive, list[i], topic, message) then
      table.remove(list, i)
      print("a subscriber to " .. topic .. " is gone")
    end
  end
end

pyro.Daemon.serveSimple { [bus] = "example.messagebus" }
