return {
  {
    {
      "dispatcher",
      shows = [[
Object <class '__main__.DispatcherQueue'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.distributed.dispatcher
Pyro daemon running.
<ready>
Created workitem 1
<...>
]],
    },
    {
      "worker",
      shows = [[
This is worker <worker>
getting work from dispatcher.
<ready>
<...>
Created workitem <_>
factorizing <_> -->
[<_>]
<...>
]],
    },
    {
      "client", -- it needs not see all results: Pyro's worker is slow
      shows = [[

This program will calculate Prime Factorials of a bunch of random numbers.
The more workers you will start (on different cpus/cores/machines),
the faster you will get the complete list of results!

placing work items into dispatcher queue.
Created workitem 1
<...>
Created workitem 40
getting results from dispatcher queue.
<...>
Created workitem 1
Got result: <Workitem id=1> (from <worker>)
<ready>
<...>
]],
    },
  },
}
