-- Lines of others come at any time, also amidst a prompt.
return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.ChatBox'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.chatbox.server
Pyro daemon running.
<ready>
CREATING NEW CHANNEL kitchen
Ann JOINED kitchen
Bob JOINED kitchen
Bob LEFT kitchen
REMOVED CHANNEL kitchen
Ann LEFT kitchen
]],
    },
    {
      "client",
      serves = true, -- Pyro's client passes itself on, which its daemon's thread has to know
      typed = "kitchen\nAnn\n",
      last = "/quit\n",
      shows = [[
The server has no active channels.
Name for new channel: Choose a nickname: <_>
<...>
People on this channel: Ann
<...>
<ready>
<...>
<~><_>[SERVER] ** Bob joined **
<~><_>[Bob] hello
<~><_>[SERVER] ** Bob left **
<...>
<_>Exit.
]],
    },
    {
      "client",
      serves = true, -- Pyro's client passes itself on, which its daemon's thread has to know
      typed = "kitchen\nBob\nhello\n/quit\n",
      shows = [[
The following people are on the server: Ann
The following channels already exist: kitchen
Choose a channel or create a new one: Choose a nickname: <_>
<...>
People on this channel: Ann, Bob
<...>
<_>Exit.
]],
    },
  },
}
