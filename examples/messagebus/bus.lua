-- A message bus: what is published on a topic goes to all who subscribed to it.
local pyro = require "pyro"

local bus = {}
local subscribers = {} -- topic -> list of subscribers

function bus:subscribe(topic, subscriber)
  subscribers[topic] = subscribers[topic] or {}
  table.insert(subscribers[topic], subscriber)
  print("a subscriber to " .. topic)
end

local function drop(topic, gone)
  for i, subscriber in ipairs(subscribers[topic]) do
    if subscriber == gone then
      table.remove(subscribers[topic], i)
      print("a subscriber to " .. topic .. " is gone")
      return
    end
  end
end

function bus:publish(topic, message)
  local list = subscribers[topic] or {}
  -- A copy: while this calls one subscriber, others may come and go.
  for _, subscriber in ipairs { table.unpack(list) } do
    local delivered = pcall(function()
      subscriber:receive(topic, message)
    end)
    if not delivered then
      drop(topic, subscriber)
    end
  end
end

pyro.Daemon.serveSimple { [bus] = "example.messagebus" }
