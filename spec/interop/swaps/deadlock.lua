local WARNING = [[
This bounce example will deadlock!
Read the source or <_> for more info why this is the case!
]]

return {
  {
    {
      "server",
      shows = WARNING .. "Bouncer started.\n<ready>\nin process Server\nI'm Server , bouncing back...\n",
    },
    {
      "client",
      shows = WARNING .. "Calling server...\n<ready>\nin process Client\nI'm Client , bouncing back...\n"
        .. "<Lua>Result= RuntimeError: process() would wait for ever: <_>\n", -- Python's waits for ever
    },
  },
}
