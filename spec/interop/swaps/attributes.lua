return {
  {
    {
      "server",
      shows = [[
Object <class '__main__.Thingy'>:
    uri = <uri>
Pyro daemon running.
<ready>
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
enter attribute server object uri:
Direct attribute access:
p.prop_value= 42
adding 500 to p.prop_value
p.prop_value= 542
actual remote value:  542  (via p.getValue() remote method call)

calling p.__dunder__()....:  yep

Accessing unexposed attributes:
accessing p.sub...
ok, got expected error: remote object '<uri>' has no exposed attribute or method 'sub'
accessing p.value...
ok, got expected error: remote object '<uri>' has no exposed attribute or method 'value'
accessing p._value...
ok, got expected error: remote object '<uri>' has no exposed attribute or method '_value'
accessing p.__value...
ok, got expected error: remote object '<uri>' has no exposed attribute or method '__value'

Trying dotted name traversal:
value gotten from p.prop_sub= {'name': 'value'}

Trying to update the dictionary directly on the remote object...
value gotten from p.prop_sub= {'name': 'value'}   (should be unchanged!)

Trying longer dotted name: p.prop_sub.foobar.attribute
ok, got expected error (local only): <_>
]],
    },
  },
}
