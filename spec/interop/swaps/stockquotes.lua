local function play(phase, port)
  return {
    name = phase,
    port = port,
    {
      phase .. "/stockmarket",
      shows = "Stockmarkets available.\n<ready>",
    },
    {
      phase .. "/viewer",
      shows = [[
<~>found market example.stockmarket.nasdaq
<~>found market example.stockmarket.newyork
Shown quotes: {'<_>', '<_>', '<_>'}
N<_>.<_>: <_>
<ready>
<...>
]],
    },
  }
end

return { play "phase2", play("phase3", 9092) }
