local PROMPT = "Enter the URI of the thirdparty library object: awesome\n"

return {
  {
    {
      "server",
      shows = [[
wrapped class registered, uri:  <uri>
<ready>
Awesome object is called with:  how are you?
Weird!
This should be a private method...
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = PROMPT .. "couldn't call weird() due to serialization error of the result value! (is ok)\nboo\n",
    },
  },
  {
    name = "adapter",
    {
      "server2",
      shows = [[
adapter class registered, uri:  <uri>
<ready>
Adapter class is called...
Awesome object is called with:  how are you?
Weird!
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = PROMPT .. "weird awesome\ncouldn't call private(), it doesn't seem to be exposed! (is ok)\n",
    },
  },
}
