return {
  {
    originals = { Pyro4 = "ser_custom" },
    {
      "server",
      shows = [[
Object <class '__main__.Server'>:
    uri = <uri>
Pyro daemon running.
<ready>
{deserializer hook, converting to class: {<_>'number-attribute': 42<_>}}

method called, arg= <Thingy<_>, number=42>
{serializer hook, converting to dict: <Thingy<_>, number=999>}
{deserializer hook, converting to class: {<_>'number': 42<_>}}

othermethod called, arg= <OtherThingy<_>, number=42>
]],
    },
    {
      "client",
      typed = "<uri>\n",
      shows = [[
Enter the URI of the server object:
Transferring thingy...
{serializer hook, converting to dict: <Thingy<_>, number=42>}
{deserializer hook, converting to class: {<_>'number-attribute': 999<_>}}
type of response object: <_>Thingy<_>
response: <Thingy<_>, number=999>

Transferring otherthingy...
{deserializer hook, converting to class: {<_>'number': 999<_>}}
type of response object: <_>OtherThingy<_>
response: <OtherThingy<_>, number=999>
]],
    },
  },
}
