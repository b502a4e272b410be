-- A message bus: what is sent to a topic goes to all who subscribed to it. The messages are kept in
-- memory, until they are delivered. server.lua [-n HOST] [-p PORT] [-u SOCKET] [-s memory]
local pyro = require "pyro"
local Message = require "message"

local options = {}
for i = 1, #arg, 2 do
  options[arg[i]] = arg[i + 1]
end
assert((options["-s"] or "memory") == "memory", "the storage is memory")

local MessageBus = { __name = "MessageBus" }
MessageBus.__index = MessageBus
pyro.behavior(MessageBus, { instance_mode = "single" })
pyro.expose(MessageBus, { "add_topic", "remove_topic", "topics", "send", "send_no_ack", "subscribe",
  "unsubscribe" })
pyro.oneway(MessageBus, "send_no_ack")

local function copy(t)
  local copied = {}
  for key, value in pairs(t) do
    copied[key] = value
  end
  return copied
end

--- Goes through a copy, as others may come and go meanwhile.
local function deliver(topic, messages, subscribers)
  for uri, subscriber in pairs(copy(subscribers)) do
    local delivered, err = pcall(function()
      subscriber:incoming_messages(topic, messages)
    end)
    if not delivered then
      io.stderr:write(("removing a subscription to %s, because of %s\n"):format(topic, err))
      subscribers[uri] = nil
    end
  end
end

--- In a task of its own, so that nobody who sends waits for subscribers.
function MessageBus:sender()
  while true do
    self.added:wait()
    self.added:clear()
    for name, topic in pairs(copy(self.all)) do
      local messages = topic.messages
      if #messages > 0 then
        topic.messages = {}
        deliver(name, messages, topic.subscribers)
      end
    end
  end
end

function MessageBus.new()
  local bus = setmetatable({ all = {}, added = pyro.event() }, MessageBus)
  pyro.spawn(bus.sender, bus)
  return bus
end

function MessageBus:add_topic(name)
  self.all[name] = self.all[name] or { messages = {}, subscribers = {} }
end

function MessageBus:remove_topic(name)
  local topic = self.all[name]
  if topic and (#topic.messages > 0 or next(topic.subscribers)) then
    error(pyro.ValueError "topic still has pending messages and/or subscribers")
  end
  self.all[name] = nil
end

function MessageBus:topics()
  local names = {}
  for name in pairs(self.all) do
    table.insert(names, name)
  end
  return pyro.set(names)
end

function MessageBus:send(name, data)
  local topic = self.all[name] or error(pyro.KeyError(name))
  table.insert(topic.messages, Message.new(data))
  self.added:set()
end

function MessageBus:send_no_ack(name, data)
  self:send(name, data)
end

function MessageBus:subscribe(name, subscriber)
  self:add_topic(name)
  self.all[name].subscribers[tostring(subscriber._pyroUri)] = subscriber
end

function MessageBus:unsubscribe(name, subscriber)
  self.all[name].subscribers[tostring(subscriber._pyroUri)] = nil
end

local daemon <close> = pyro.Daemon { host = options["-n"], unixsocket = options["-u"],
  port = math.tointeger(options["-p"]) }
local uri = daemon:register(MessageBus)
print "Pyro Message Bus."
print("    uri  = " .. tostring(uri))
pyro.locateNS():register("Pyro.MessageBus", uri)
print "    name = Pyro.MessageBus"
print "Server running, storage is memory."
daemon:requestLoop()
