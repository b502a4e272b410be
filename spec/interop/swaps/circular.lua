return {
  {
    {
      "servA",
      shows = "Server started A\n<ready>\nI'm A, passing to B\nBack at A; we completed the circle!\n",
    },
    { "servB", shows = "Server started B\n<ready>\nI'm B, passing to C\n" },
    { "servC", shows = "Server started C\n<ready>\nI'm C, passing to A\n" },
    {
      "client",
      shows = "Result=['passed on from A', 'passed on from B', 'passed on from C', 'complete at A']\n",
    },
  },
}
