local SERVER = {
  "server",
  shows = [[
QuoteGen is ready, not using the Name Server.
You can use the following two URIs to connect to me:
<first>
PYRO:example.quotegen@localhost:<port>
<ready>
]],
}

local function client(uri)
  return {
    "client",
    typed = uri .. "\n",
    shows = [[
Enter the URI of the quote object: Getting some quotes...
<_>
<...>
]],
  }
end

return {
  { SERVER, client "<first>" },
  { name = "by its name", SERVER, client "PYRO:example.quotegen@localhost:<port>" },
}
