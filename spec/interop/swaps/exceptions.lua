return {
  {
    {
      "server",
      shows = [[
Object <class '<_>TestClass'>:
    uri = PYRO:obj_<_>@localhost:<_>
    name = example.exceptions
Pyro daemon running.
<ready>
<Lua|Pyro5><...>
<Lua|Pyro5>ERROR IN METHOD CALL USER CODE:
<Lua|Pyro5> client=<_> method=<_> exception=ZeroDivisionError('division by zero')
<Lua|Pyro5><...>
<Lua|Pyro5>ERROR IN METHOD CALL USER CODE:
<Lua|Pyro5> client=<_> method=<_> exception=ValueError('a valueerror! Great!')
<Lua|Pyro5><...>
<Lua|Pyro5>ERROR IN METHOD CALL USER CODE:
<Lua|Pyro5> client=<_> method=<_> exception=<_>
<Lua|Pyro5><...>
]],
    },
    {
      "client",
      shows = [[
0.2222222222222<_>
DIVIDE BY ZERO:<_>
DIVIDE BY ZERO:<_>division by zero
VALUERROR:<_>a valueerror! Great!
ValueError('a valueerror! Great!'), a valueerror! Great!
ANOTHER ERROR:<_>a runtime error!
<Lua|Pyro5><_>oneway call<_>
UNSERIALIZABLE ERROR:<_>
<Pyro4><...>

*** invoking server method that crashes, catching traceback ***
CAUGHT ERROR  >>> <_>
Printing Pyro traceback >>>>>>
<...>
<<<<<<< end of Pyro traceback

<Pyro4|Pyro5>*** installing pyro's excepthook
*** invoking server method that crashes, not catching anything ***
]],
    },
  },
}
