local pyro = require "pyro"

local chatbox <close> = pyro.Proxy "PYRONAME:example.chatbox.server"
local daemon <close> = pyro.Daemon {}
local chatter = {}
pyro.oneway(chatter, "message")

function chatter:message(nick, msg)
  if nick ~= self.nick then
    print(("[%s] %s"):format(nick, msg))
  end
end

daemon:register(chatter)
io.stdin:setvbuf "no" -- what pyro.readable() waits for must not be in a buffer already

--- A line that is typed in, nil at the end. What others say is heard meanwhile.
local function input(prompt)
  io.write(prompt)
  io.flush()
  pyro.readable(0)
  local line = io.read()
  return line and line:match "^%s*(.-)%s*$"
end

local nicks = chatbox:getNicks()
if #nicks > 0 then
  print("The following people are on the server: " .. table.concat(nicks, ", "))
end
local channels = chatbox:getChannels()
table.sort(channels)
local channel
if #channels > 0 then
  print("The following channels already exist: " .. table.concat(channels, ", "))
  channel = input "Choose a channel or create a new one: "
else
  print "The server has no active channels."
  channel = input "Name for new channel: "
end
chatter.nick = input "Choose a nickname: "
local people = chatbox:join(channel, chatter.nick, chatter)
print(("Joined channel %s as %s"):format(channel, chatter.nick))
print("People on this channel: " .. table.concat(people, ", "))
print "Ready for input! Type /quit to quit"
local line = input "> "
while line and line ~= "/quit" do
  if line ~= "" then
    chatbox:publish(channel, chatter.nick, line)
  end
  line = input "> "
end
chatbox:leave(channel, chatter.nick)
print "Exit."
