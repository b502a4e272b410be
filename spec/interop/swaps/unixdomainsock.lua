return {
  {
    { "server", shows = "Server running, uri= <uri>\n<ready>\nMessage received: Hello there!\n" },
    { "client", typed = "<uri>\n", shows = "enter the server uri: Response was: Roger!\n" },
  },
  -- Pyro's other server, in Linux's abstract namespace, has a URI with a zero byte: ours have none.
}
