-- Messages, which the bus sends to subscribers.
local pyro = require "pyro"

local Message = { __name = "Message" }
Message.__index = Message

local function uuid()
  return (("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx"):gsub("x", function()
    return ("%x"):format(math.random(0, 15))
  end))
end

function Message.new(data)
  local created = tostring(pyro.datetime(pyro.time())):gsub(" ", "T")
  return setmetatable({ msgid = uuid(), created = created, data = data }, Message)
end

pyro.registerClass("Pyro5.utils.messagebus.message", Message, function(message)
  return { msgid = message.msgid, created = message.created, data = message.data }
end, function(dict)
  return setmetatable({ msgid = dict.msgid, created = dict.created, data = dict.data }, Message)
end)

return Message
