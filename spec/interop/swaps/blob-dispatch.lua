local RECEIVED = [[
Received custom data (type=<_>CustomData<_>):
    a=42, b=hello world, c=<_>
]]

local function listener(topic, count)
  return {
    "listener",
    command = { "listeners/main.py" },
    Lua = { command = { "listener.lua" } },
    arguments = { topic },
    shows = "Listener for topic " .. topic .. " waiting for data.\n<ready>\n" .. RECEIVED:rep(count),
  }
end

return {
  {
    {
      "dispatcher",
      command = { "dispatcher/dispatcher.py" },
      Lua = { command = { "dispatcher.lua" } },
      shows = [[
Object <class '__main__.Dispatcher'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.blobdispatcher
Pyro daemon running.
<ready>
New listener for topic home registered: PYRO:obj_<_>@localhost:<_>
New listener for topic garden registered: PYRO:obj_<_>@localhost:<_>
Dispatching blob with name: home
Dispatching blob with name: nowhere
Dispatching blob with name: home
]],
    },
    listener("home", 2),
    listener("garden", 0),
    {
      "client",
      command = { "client/client.py" },
      Lua = { command = { "client.lua" } },
      typed = "home\nnowhere\nhome\n\n",
      shows = "Enter topic to send data on (just enter to quit) processed\n"
        .. "Enter topic to send data on (just enter to quit) processed\n"
        .. "Enter topic to send data on (just enter to quit) processed\n"
        .. "Enter topic to send data on (just enter to quit) ",
    },
  },
}
