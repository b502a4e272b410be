-- listen.lua CHANNEL NICK: joins a channel, and shows what is said there until it is interrupted.
local pyro = require "pyro"

local channel, nick = ...
local daemon = pyro.Daemon {}
local listener = {}
pyro.oneway(listener, "message")

function listener:message(who, text)
  print(("[%s] %s"):format(who, text))
end

daemon:register(listener)
local chatbox = pyro.Proxy "PYRONAME:example.chatbox"
chatbox:join(channel, nick, listener)
print "The chat box is running."
daemon:requestLoop()
chatbox:leave(channel, nick)
