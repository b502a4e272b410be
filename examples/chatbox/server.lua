-- A chat box: who joins a channel hears what is said there.
local pyro = require "pyro"

local chatbox = {}
local channels = {} -- name -> nick -> listener

--- Tells all on a channel; whoever does not hear has left.
local function tell(channel, nick, text)
  local gone = {}
  for name, listener in pairs(channels[channel]) do
    if not pcall(listener.message, listener, nick, text) then
      table.insert(gone, name)
    end
  end
  for _, name in ipairs(gone) do
    chatbox:leave(channel, name)
  end
end

function chatbox:join(channel, nick, listener)
  channels[channel] = channels[channel] or {}
  if channels[channel][nick] then
    error(pyro.ValueError("the nick '" .. nick .. "' is taken"))
  end
  channels[channel][nick] = listener
  print(("%s joins %s"):format(nick, channel))
  tell(channel, "SERVER", "** " .. nick .. " joined **")
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
