-- A chat box: who joins a channel hears what is said there.
local pyro = require "pyro"

local ChatBox = { __name = "ChatBox" }
ChatBox.__index = ChatBox
pyro.behavior(ChatBox, { instance_mode = "single" })
pyro.expose(ChatBox, { "getChannels", "getNicks", "join", "leave", "publish" })

function ChatBox.new()
  return setmetatable({
    channels = {}, -- name -> list of { nick, listener }
    nicks = {},
  }, ChatBox)
end

local function remove(list, fits)
  for i, item in ipairs(list) do
    if fits(item) then
      return table.remove(list, i)
    end
  end
end

function ChatBox:getChannels()
  local names = {}
  for name in pairs(self.channels) do
    table.insert(names, name)
  end
  return names
end

function ChatBox:getNicks()
  return self.nicks
end

--- Takes somebody in; returns the nicks of all on the channel.
function ChatBox:join(channel, nick, listener)
  if channel == "" or nick == "" then
    error(pyro.ValueError "invalid channel or nick name")
  end
  for _, taken in ipairs(self.nicks) do
    if taken == nick then
      error(pyro.ValueError "this nick is already in use")
    end
  end
  if not self.channels[channel] then
    print("CREATING NEW CHANNEL " .. channel)
    self.channels[channel] = {}
  end
  table.insert(self.channels[channel], { nick = nick, listener = listener })
  table.insert(self.nicks, nick)
  print(("%s JOINED %s"):format(nick, channel))
  self:publish(channel, "SERVER", "** " .. nick .. " joined **")
  local people = {}
  for i, member in ipairs(self.channels[channel]) do
    people[i] = member.nick
  end
  return people
end

function ChatBox:leave(channel, nick)
  local members = self.channels[channel]
  if not members then
    print("IGNORED UNKNOWN CHANNEL " .. channel)
    return
  end
  remove(members, function(member)
    return member.nick == nick
  end)
  self:publish(channel, "SERVER", "** " .. nick .. " left **")
  if #members == 0 then
    self.channels[channel] = nil
    print("REMOVED CHANNEL " .. channel)
  end
  remove(self.nicks, function(taken)
    return taken == nick
  end)
  print(("%s LEFT %s"):format(nick, channel))
end

--- Tells all on a channel, in a copy of the list: while this calls, others may come and go.
function ChatBox:publish(channel, nick, msg)
  local members = self.channels[channel]
  if not members then
    print("IGNORED UNKNOWN CHANNEL " .. channel)
    return
  end
  for _, member in ipairs { table.unpack(members) } do
    local heard = pcall(function()
      member.listener:message(nick, msg) -- oneway: nobody waits for a slow listener
    end)
    if not heard and remove(members, function(other)
      return other == member
    end) then
      print(("Removed dead listener %s %s"):format(member.nick, member.listener))
    end
  end
end

pyro.Daemon.serveSimple { [ChatBox] = "example.chatbox.server" }
