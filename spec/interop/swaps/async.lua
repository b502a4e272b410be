local SERVER = [[
Object <class '__main__.Thingy'>:
    uri = <uri>
Pyro daemon running.
<ready>
<...>
]]

return {
  {
    {
      "server",
      shows = SERVER:gsub("<%.%.%.>\n$", [[
dividing 100 by 5 after a slight delay
dividing 100 by 5 after a slight delay
<~>dividing 100 by 5 after a slight delay
<~>multiply 5 by 20, no delay
<~>multiply 5 by 30, no delay
dividing 100 by 0 after a slight delay
dividing 100 by 5 after a slight delay
<~>dividing 100 by 7 after a slight delay
<~>dividing 100 by 6 after a slight delay
<~>dividing 100 by 5 after a slight delay
<~>dividing 100 by 4 after a slight delay
<~>dividing 100 by 3 after a slight delay
]]),
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
enter async server object uri: * normal call: (notice the delay)
result= 20

* async call:
result value available? False
client can do other stuff here.
getting result value...(will block until available)
resultvalue= 20

* async call, with normal call inbetween:
client does normal call:  100
client does normal call:  150
getting result value of async call...(will block until available)
resultvalue= 20

* async call with exception:
getting result value...
got exception (expected): ZeroDivisionError('integer division or modulo by zero')

* async call with timeout:
checking if ready within 2 seconds...
status after waiting= False
checking again if ready within 5 seconds...(should be ok now)
status after waiting= True
available= True
resultvalue= 20

* a few async calls at the same time:
getting values...
result= 14
result= 16
result= 20
result= 25
result= 33

done.
]],
    },
  },
  {
    name = "batch",
    {
      "server",
      shows = SERVER:gsub("<%.%.%.>\n$", ([[
dividing 100 by 5 after a slight delay
dividing 99 by 9 after a slight delay
dividing 555 by 2 after a slight delay
]]):rep(2) .. [[
dividing 1 by 1 after a slight delay
dividing 100 by 0 after a slight delay
dividing 100 by 5 after a slight delay
dividing 99 by 9 after a slight delay
dividing 555 by 2 after a slight delay
]]),
    },
    {
      "client_batch",
      typed = "<uri>\n",
      shows = [[
enter async server object uri:
* batch async call:
getting results...
result value available? False
client can do other stuff here.
such as sleeping ;-)
sleeping some more, batch takes a while
getting result values...(will block until available)
resultvalues= [20, 11, 277]

* batch async call with chained function:
getting result values...(will block until available)
>>> async batch function called, returning: [21, 12, 278]
>>> async batch function called, returning: [22, 13, 279]
>>> async batch function called, returning: [23, 14, 280]
final value= [23, 14, 280]

* batch async call with exception:
getting result values...
got exception (expected): ZeroDivisionError('integer division or modulo by zero')

* batch async call with timeout:
checking if ready within 2 seconds...
status after wait= False
checking again if ready within 10 seconds...(should be ok now)
status after wait= True
available= True
resultvalues= [20, 11, 277]

done.
]],
    },
  },
  {
    name = "call chain",
    { "server", shows = SERVER },
    {
      "client_callchain",
      typed = "<uri>\n",
      shows = [[
enter async server object uri:
* async call with error:
ERRORHANDLER:  integer division or modulo by zero
^^^^ above an error message should be printed out...

* async call with error, but without errorhandler:
^^^^ above, no error message should be printed out...
expected error occurred when trying to obtain the result: integer division or modulo by zero

* async call with call chain:
sleeping 4 seconds
>>> async function called with value=20 increase=1
>>> async function called with value=21 increase=1
>>> async function called with value=22 increase=1
back from sleep
final value= 23

* async call with call chain that is set 'too late':
>>> async function called with value=20 increase=1
>>> async function called with value=21 increase=1
>>> async function called with value=22 increase=1
final value= 23

* async call with call chain, where calls have extra arguments:
<~>sleeping 1 second
<~>>>> async func called with some arguments: a=30, b=1, extra=None
<~>>>> async func called with some arguments: a=31, b=2, extra=42
<~>>>> async func called with some arguments: a=33, b=3, extra=last one
back from sleep
final value= 36

* async call with call chain, where calls are new non-async pyro calls:
getting result value (will block until available)
final value= 26

done.
]],
    },
  },
}
