-- say.lua CHANNEL NICK: says what is typed in, line by line.
local pyro = require "pyro"

local channel, nick = ...
local chatbox = pyro.Proxy "PYRONAME:example.chatbox"
for line in io.lines() do
  chatbox:say(channel, nick, line)
end
