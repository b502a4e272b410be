local server = {
  "server",
  arguments = { "1" },
  shows = "Mandelbrot calculation server #1 ready.\n<ready>",
}

return {
  {
    server,
    {
      "client_asciizoom",
      Lua = { arguments = { "0.5" } },
      shows = [[
1 mandelbrot calculation servers found.
<_>This is a mandelbrot zoom animation running using Pyro, it will use all <_> that are available.
<_> FPS time=<_> width=<_>
<ready>
<...>
]],
    },
  },
  {
    name = "picture",
    server,
    {
      "client_graphics",
      language = "Lua", -- the original shows a window
      arguments = { "picture.ppm", "100", "80" },
      shows = "1 mandelbrot calculation servers found.\nCalculation took: <_> seconds\n",
    },
  },
}
