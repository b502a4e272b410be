-- A chat box: who joins a channel hears what is said there.
local pyro = require "pyro"

local chatbox = {}
local channels = {} -- name -> nick -> listener

local function copy_of(t)
  local copy = {}
  for key, value in pairs(t) do
    copy[key] = value
  end
  return copy
end

--- Tells all on a channel; whoever does not hear has left. While this calls one listener, others
--- may come and go: so it goes through a copy.
local function tell(channel, nick, text)
  for name, listener in pairs(copy_of(channels[channel])) do
    local heard = pcall(function()
      listener:message(nick, text)
    end)
    if not heard then
      chatbox:leave(channel, name)
    end
  end
end

function chatbox:join(channel, nick, listener)
  channels[channel] = channels[channel] or {}
  if channels[channel][nick] then
    error(pyro.ValueError("the nick '" .. nick .. "' is taken"))
  end
  print(("%s joins %s"):format(nick, channel))
  tell(channel, "SERVER", "** " .. nick .. " joined **")
  channels[channel][nick] = listener
end

function chatbox:leave(channel, nick)
  if channels[channel] and channels[channel][nick] then
    channels[channel][nick] = nil
    print(("%s leaves %s"):format(nick, channel))
    tell(channel, "SERVER", "** " .. nick .. " left **")
  end
end

function chatbox:say(channel, nick, text)
  if not (channels[channel] and channels[channel][nick]) then
    error(pyro.ValueError("'" .. nick .. "' is not on the channel"))
  end
  tell(channel, nick, text)
end

pyro.Daemon.serveSimple { [chatbox] = "example.chatbox" }
